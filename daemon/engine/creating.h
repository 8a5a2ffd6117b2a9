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

/// One for each connection that an upload has.
Result<AssetReaders> open_assets(BuildSource& builds, const WorkerConfig& worker,
                                 const Build& build);

/// `look_again`: the assets took long, and what was read before is too old to create by; the next
/// look finds sent what is sent. `give_way`: a person's word waits. Nothing was created by either.
enum class AfterCreate { go_on, look_again, give_way };

/// Sends the assets that Cloudflare lacks, journals the intent, calls once, journals the outcome.
/// The failure, if any, is told already.
Result<AfterCreate> create_version(Acting& acting, const CreateVersion& create);

/// Closes the intent of a version whose answer was lost and that the listing shows.
std::optional<Failure> adopt_version(Acting& acting, const AdoptVersion& adopt);

/// Closes an intent whose outcome is known without a call.
std::optional<Failure> close_intent(Acting& acting, const CloseIntent& close);

}  // namespace rollout
