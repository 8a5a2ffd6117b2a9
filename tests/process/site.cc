// SPDX-License-Identifier: Apache-2.0
#include "tests/process/site.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

namespace fs = std::filesystem;

std::string new_directory() {
  std::string name = testing::TempDir() + "rolloutd-site.XXXXXX";
  ENSURE(::mkdtemp(name.data()) != nullptr, "a directory must be had");
  return name;
}

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Limits and times are short: what is waited for here is order, not time.
constexpr std::string_view kConfiguration = R"(version: 1
mode: {mode}
service: {{ state_dir: {site}/state, socket: {site}/control.sock, listen: {site}/status.sock }}
accounts:
  main:
    account_id: {account}
    token: {{ file: {site}/token }}
    api: {origin}/client/v4
    budget: {{ rate: 100/s, burst: 1000 }}
    timing: {{ t_max: 1s, list_lag: 1s, rescan: 2s, relist: 1s }}
defaults: {{ interval: {interval} }}
workers:
  - name: shop
    account: main
    build: {{ path: {site}/builds/shop/dist, ready: {ready}{build} }}
    version: {{ compatibility_date: 2026-11-01 }}
    tagging: plain
{retention}{extra})";

constexpr std::string_view kTagging = R"(tagging: plain
rules:
  - tag: "v{package.version}"
    message: "Build of {package.name}"
)";

}  // namespace

Site::Site(Transport transport, std::string token)
    : directory_(new_directory()), transport_(transport) {
  Words words = {ROLLOUT_EMULATOR, "--listen",     "127.0.0.1:0", "--port-file", path("port"),
                 "--token",        kToken,         "--account",   kAccount,      "--worker",
                 "shop",           "--rate-limit", "off"};
  if (transport == Transport::tls) {
    make_certificates();
    for (const std::string& word : {std::string("--tls-cert"), path("server.pem"),
                                    std::string("--tls-key"), path("server.key")})
      words.push_back(word);
    environment_ = {"SSL_CERT_FILE=" + path("ca.pem")};
  }
  api_ = std::make_unique<Child>(words);
  // It says where it listens once it does.
  api_->read_until([this] { return api_->out().contains('\n'); });
  std::string port = text_of(path("port"));
  port.erase(port.find('\n'));
  origin_ = fmt::format("{}://127.0.0.1:{}", transport == Transport::tls ? "https" : "http", port);
  write("token", token + "\n");
  fs::permissions(path("token"), fs::perms::owner_read | fs::perms::owner_write);
  fs::create_directories(dist());
  fs::create_directories(path("state"));
  write("etc/policies/plain.yaml", kTagging);
}

Site::~Site() {
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

void Site::make_certificates() const {
  const std::string key = "ec";
  const std::string curve = "ec_paramgen_curve:P-256";
  output_of({"openssl", "req", "-x509", "-newkey", key, "-pkeyopt", curve, "-nodes", "-days", "2",
             "-subj", "/CN=Test CA", "-keyout", path("ca.key"), "-out", path("ca.pem")});
  output_of({"openssl", "req",
             "-x509",   "-newkey",
             key,       "-pkeyopt",
             curve,     "-nodes",
             "-days",   "2",
             "-subj",   "/CN=127.0.0.1",
             "-addext", "subjectAltName=IP:127.0.0.1",
             "-addext", "basicConstraints=critical,CA:FALSE",
             "-CA",     path("ca.pem"),
             "-CAkey",  path("ca.key"),
             "-keyout", path("server.key"),
             "-out",    path("server.pem")});
}

void Site::write(std::string_view name, std::string_view text) const {
  const fs::path file = path(name);
  fs::create_directories(file.parent_path());
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.close();
  ENSURE(out.good(), "a file of the test must be written");
}

void Site::configure(const Configuration& configuration) const {
  const std::string retention =
      configuration.retention.empty() ? "" : "    retention: " + configuration.retention + "\n";
  write(
      "etc/rolloutd.yaml",
      fmt::format(kConfiguration, fmt::arg("mode", configuration.mode),
                  fmt::arg("site", directory_), fmt::arg("account", kAccount),
                  fmt::arg("origin", configuration.origin.empty() ? origin_ : configuration.origin),
                  fmt::arg("interval", configuration.interval),
                  fmt::arg("ready", configuration.ready), fmt::arg("build", configuration.build),
                  fmt::arg("retention", retention), fmt::arg("extra", configuration.extra)));
}

void Site::retention(const std::string& name, std::string_view text) const {
  write("etc/policies/" + name + ".yaml", fmt::format("retention: {}\n{}", name, text));
}

void Site::build(std::string_view greeting, std::string_view version) const {
  write("builds/shop/package.json",
        fmt::format(R"({{ "name": "shop", "version": "{}" }})", version));
  write("builds/shop/dist/index.js",
        fmt::format("import terms from \"./terms.txt\";\nexport default {{ async fetch() {{\n"
                    "  return new Response(\"{}\" + terms); }} }};\n",
                    greeting));
  write("builds/shop/dist/terms.txt", "Be kind.\n");
}

void Site::mark() const {
  output_of({ROLLOUTCTL_PROGRAM, "mark", dist()});
}

Words Site::daemon_words() const {
  return {ROLLOUTD_PROGRAM, "--verbose", "-c", path("etc/rolloutd.yaml")};
}

std::unique_ptr<DaemonProgram> Site::start(const Words& before) const {
  Words words = before;
  for (const std::string& word : daemon_words()) words.push_back(word);
  auto daemon = std::make_unique<DaemonProgram>(words, environment_);
  daemon->await("daemon.started");
  return daemon;
}

Words Site::ctl_words(Words words) const {
  words.insert(words.begin(), {ROLLOUTCTL_PROGRAM, "-c", path("etc/rolloutd.yaml"), "--socket",
                               path("control.sock")});
  return words;
}

Ended Site::ctl(Words words) const {
  return run(ctl_words(std::move(words)), environment_);
}

std::unique_ptr<Child> Site::start_ctl(Words words) const {
  return std::make_unique<Child>(ctl_words(std::move(words)), environment_);
}

std::string Site::ask(const Words& more) const {
  Words words = {"curl", "-sS", "--fail-with-body", "--max-time", "60"};
  if (transport_ == Transport::tls) words.insert(words.end(), {"--cacert", path("ca.pem")});
  words.insert(words.end(), more.begin(), more.end());
  return output_of(words);
}

void Site::control(std::string_view name, std::string_view json) const {
  ask({"-X", "POST", "--data-binary", std::string(json),
       fmt::format("{}/__emulator/{}", origin_, name)});
}

std::vector<Json> Site::requests(std::string_view method) const {
  const Json answer = parse_json(ask({origin_ + "/__emulator/requests"})).value();
  std::vector<Json> found;
  for (const Json& request : answer["requests"])
    if (method.empty() || request["method"] == method) found.push_back(request);
  return found;
}

Json Site::get(const std::string& below) const {
  const std::string answer = ask(
      {"-H", fmt::format("Authorization: Bearer {}", kToken),
       fmt::format("{}/client/v4/accounts/{}/workers/workers/shop/{}", origin_, kAccount, below)});
  return parse_json(answer).value()["result"];
}

Json Site::assets() const {
  return parse_json(ask({origin_ + "/__emulator/assets"})).value();
}

std::vector<Json> Site::versions() const {
  return get("versions?per_page=100").get<std::vector<Json>>();
}

Json Site::version(const std::string& id) const {
  return get("versions/" + id + "?include=modules");
}

std::vector<std::string> Site::tags() const {
  std::vector<std::string> tags;
  for (const Json& version : versions())
    tags.insert(tags.begin(), version["annotations"]["workers/tag"].get<std::string>());
  return tags;
}

void Site::wait_until(const std::function<bool()>& done) const {
  const auto late = std::chrono::steady_clock::now() + kLimit;
  while (!done())
    if (std::chrono::steady_clock::now() > late) throw std::runtime_error("waited in vain");
}

}  // namespace rollout
