// SPDX-License-Identifier: Apache-2.0
// What Cloudflare stores: Workers, versions and their annotations, as the Versions API has them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/core/model/ids.h"
#include "daemon/core/model/instant.h"
#include "daemon/core/model/settings.h"

namespace rollout {

/// A Worker's two names. Deployments are addressed by `name`, versions by either.
struct Worker {
  std::string id;  ///< 32 hex digits.
  std::string name;
};

/// `workers/tag` (at most 100 bytes), `workers/message` (at most 1000 bytes), and the read-only
/// `workers/triggered_by`. Empty means absent.
struct Annotations {
  std::string tag;
  std::string message;
  std::string triggered_by;
  auto operator<=>(const Annotations&) const = default;
};

/// One entry of a listing.
struct Version {
  VersionId id;
  std::uint64_t number = 0;  ///< Per Worker, from 1, never used twice.
  /// None where the API gave no readable date: such a version is never deleted.
  std::optional<Instant> created_on;
  Annotations annotations;
  std::string source;
  std::optional<Millis> startup_time;
  std::vector<std::string> urls;
};

/// A complete listing: every page was read, the totals agree, no version appeared twice.
struct Listing {
  std::vector<Version> versions;       ///< Highest number first.
  std::optional<Instant> server_time;  ///< The `Date` header of the last page.
};

struct ModuleText {
  std::string name;
  std::string content_type;
  std::string content;  ///< Decoded bytes.
};

/// A version with everything that a read returns. Secrets, assets.jwt and migrations never do.
struct VersionDetail {
  Version version;
  VersionSettings settings;
  std::optional<std::string> main_module;
  std::optional<std::string> migration_tag;
  std::optional<JsonText> exports_reconciliation;
  std::optional<std::string> main_script_base64;  ///< Service-worker syntax only.
  std::vector<ModuleText> modules;                ///< Only where they were asked for.
};

}  // namespace rollout
