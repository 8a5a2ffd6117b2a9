// SPDX-License-Identifier: Apache-2.0
// A build: what is on disk, settled. A bundle: what a version is created from.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/core/model/ids.h"
#include "daemon/core/model/instant.h"
#include "daemon/core/model/settings.h"
#include "daemon/core/model/trailer.h"
#include "daemon/core/model/version.h"

namespace rollout {

/// One module of a build. `name` is relative to the root, `/`-separated, as the code imports it.
struct Module {
  std::string name;
  std::string content_type;  ///< As wrangler would send it: `application/javascript+module`.
  std::uint64_t size = 0;    ///< Bytes before base64.
  Sha256 sha256;
};

/// A static asset. `file.name` is its path below the assets' directory; an empty `content_type` is
/// none: it is served without one.
struct Asset {
  Module file;
  std::string hash;  ///< 32 hexadecimal digits: its name among the account's assets.
};

/// All assets of a build. They lie below `root`, where `folder` ("", or with `/` at its end)
/// begins.
struct AssetSet {
  std::string root;
  std::string folder;
  std::vector<Asset> files;  ///< Sorted by name.
  std::uint64_t bytes = 0;   ///< Sum of their sizes.
  std::size_t left_out = 0;  ///< Files there that are none: ignored, `_headers` ...

  /// The text whose hash tells two sets apart.
  std::string digest_preimage() const;
};

/// What is known of a build for tagging: `git.branch`, `package.version`, `info.ci.run`. A fact
/// that was looked for and not found is absent. `where` says where each came from.
struct Fact {
  std::string value;
  std::string where;
};
using Facts = std::map<std::string, Fact>;

/// What becomes of variables that the version before has and this build has not: wrangler's
/// `keep_vars`.
enum class Variables { replaced, kept };

/// What a build's configuration asks of the version before its own.
struct Heritage {
  std::vector<MigrationStep> migrations;      ///< All that ever were; those not yet run are sent.
  std::vector<std::string> required_secrets;  ///< Must be there to be inherited.
  Variables variables = Variables::replaced;
};

/// A file in the directory that is no module. `because`: `hidden`, `no module imports it` ...
struct LeftOut {
  std::string path, because;
  auto operator<=>(const LeftOut&) const = default;
};

struct Build {
  BundleDigest digest;
  std::string name;                        ///< The last part of the directory that holds it.
  std::string root;                        ///< Absolute path of that directory.
  std::optional<std::string> main_module;  ///< None for assets-only Workers.
  std::vector<Module> modules;             ///< Sorted by name.
  std::string module_folder = {};          ///< Below `root`, where the modules' names begin; "".
  std::shared_ptr<const AssetSet> assets = {};  ///< Null: none.
  VersionSettings settings;                     ///< The configuration's over the build's own.
  Heritage heritage = {};
  /// Where each setting stands: `compatibility_date`, `bindings/DB` -> file:line.
  std::map<std::string, std::string> sources = {};
  /// What the build's own configuration sets and no version has: `routes`, `observability` ...
  std::vector<std::string> ignored = {};
  std::uint64_t bytes = 0;  ///< Sum of the modules' sizes.
  std::vector<LeftOut> left_out = {};
  Instant finished_at;  ///< When its marker was published, or its youngest change.
  Confidence confidence = Confidence::confirmed;
  Facts facts;
};

/// The steps that a Worker has not run yet. `old_tag` is what it ran last; none where it ran none.
struct PendingMigrations {
  std::optional<std::string> old_tag;
  std::vector<MigrationStep> steps;  ///< At least one.
};

/// What a version takes from the one before it.
struct Inherited {
  std::vector<std::string> bindings;  ///< Names; sorted.
  std::optional<PendingMigrations> migrations;
};

/// The body of a create, less the modules' bytes (`ModuleContents` streams those).
struct Bundle {
  std::optional<std::string> main_module;
  std::vector<Module> modules;
  VersionSettings settings;
  Inherited inherited;
  std::optional<std::string> assets_jwt;
  Annotations annotations;
};

/// The bytes whose SHA-256 is the build's digest: a length-prefixed, domain-separated list of
/// (name, content type, SHA-256) of the modules in order of name, the main module, and
/// `settings_json`, the canonical text of the settings.
std::string digest_preimage(const std::vector<Module>& modules,
                            const std::optional<std::string>& main_module,
                            const JsonText& settings_json);

}  // namespace rollout
