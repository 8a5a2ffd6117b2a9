// SPDX-License-Identifier: Apache-2.0
// A host in a directory of its own: a local Versions API, a configuration with one Worker `shop`,
// and the directory that its builds appear in.
//
// Usual flow: `Site site; site.configure(); site.build("one"); auto daemon = site.start();`, then
// `site.mark()`, `daemon->await("version.created")`, and look with `site.versions()`.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/process/programs.h"

namespace rollout {

inline constexpr const char* kAccount = "0123456789abcdef0123456789abcdef";
inline constexpr const char* kToken = "canary-3f9d1c77a5e24b60";

/// What a test may want otherwise in `rolloutd.yaml`.
struct Configuration {
  std::string mode = "enforce";
  std::string retention = "";  ///< A policy's name; empty: none.
  std::string ready = "marker";
  std::string interval = "2s";
  std::string origin = "";  ///< Of what stands between; empty: the local Versions API's own.
  std::string build = "";   ///< More keys of the Worker's build: `, assets: /srv/public`.
  std::string extra = "";   ///< Lines at the end, for instance wrong ones.
};

class Site final {
 public:
  enum class Transport { http, tls };
  static constexpr std::array kTransports = {Transport::http, Transport::tls};
  static std::string name_of(Transport transport) {
    return transport == Transport::tls ? "Tls" : "PlainHttp";
  }
  explicit Site(Transport transport = Transport::http, std::string token = kToken);
  ~Site();
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  std::string path(std::string_view name) const { return directory_ + "/" + std::string(name); }
  /// Makes the directories above it.
  void write(std::string_view name, std::string_view text) const;
  void configure(const Configuration& configuration = {}) const;
  /// A retention policy: its text without the first line.
  void retention(const std::string& name, std::string_view text) const;

  /// A small build that says `greeting`, and its project's package.json.
  void build(std::string_view greeting, std::string_view version = "1.0.0") const;
  std::string dist() const { return path("builds/shop/dist"); }
  /// `rolloutctl mark`, which must succeed.
  void mark() const;

  std::unique_ptr<DaemonProgram> start(const Words& before = {}) const;
  /// The daemon's command line: everything is told.
  Words daemon_words() const;
  Ended ctl(Words words) const;
  /// The same, while it runs.
  std::unique_ptr<Child> start_ctl(Words words) const;

  // The local Versions API.

  const std::string& origin() const { return origin_; }
  /// JSON as `POST /__emulator/NAME` takes it.
  void control(std::string_view name, std::string_view json) const;
  /// What was asked so far: `{method, path, query, status, body}`.
  std::vector<Json> requests(std::string_view method = "") const;
  /// Of the Worker, newest first.
  std::vector<Json> versions() const;
  /// Every file that the account has, and the manifests of versions.
  Json assets() const;
  /// One with its modules.
  Json version(const std::string& id) const;
  /// Tags of all versions, oldest first.
  std::vector<std::string> tags() const;
  /// Looks until `done` says so.
  void wait_until(const std::function<bool()>& done) const;

 private:
  Json get(const std::string& below) const;
  std::string ask(const Words& more) const;
  Words ctl_words(Words words) const;
  void make_certificates() const;

  std::string directory_;
  Transport transport_;
  Words environment_;
  std::unique_ptr<Child> api_;
  std::string origin_;
};

}  // namespace rollout
