// SPDX-License-Identifier: Apache-2.0
// One decision, one POST: reliability.md, "Creating".
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/engine/observe.h"
#include "daemon/engine/teller.h"

namespace rollout {

/// What the writes of a pass have shown.
struct WritesSeen {
  bool succeeded = false;  ///< Cloudflare took one.
  bool refused = false;    ///< The token may not write.
  std::vector<VersionId> deleted;

  void note(const Failure& failure) {
    if (failure.kind == FailureKind::unauthorized) refused = true;
  }
};

/// What the acts of a pass share.
struct Acting {
  const Ports& ports;
  const Assignment& assignment;
  Caution& caution;
  std::map<IntentId, Settling>& settling;
  Teller& teller;
  Memory& memory;  ///< Kept in the journal whenever an act changes it.
  std::map<BundleDigest, JustMade>& just_made;
  WritesSeen& writes;
  const std::string& plan_id;
};

using AssetReaders = std::vector<std::unique_ptr<ModuleContents>>;

/// As many as are worth having: uploads of single files wait for the network.
Result<AssetReaders> open_assets(BuildSource& builds, const WorkerConfig& worker,
                                 const Build& build);

/// Sends the assets that Cloudflare lacks, journals the intent, calls once, journals the outcome.
/// The failure, if any, is told already. Where the assets took long, or a person's word waits, that
/// is all: what was read before is too old to create by, and the next look finds sent what is sent.
std::optional<Failure> create_version(Acting& acting, const CreateVersion& create);

/// Closes the intent of a version whose answer was lost and that the listing shows.
std::optional<Failure> adopt_version(Acting& acting, const AdoptVersion& adopt);

/// Closes an intent whose outcome is known without a call.
std::optional<Failure> close_intent(Acting& acting, const CloseIntent& close);

}  // namespace rollout
