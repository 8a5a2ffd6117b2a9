// SPDX-License-Identifier: Apache-2.0
// An ambiguous create is settled by looking, never by sending again: reliability.md, "Creating".
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "daemon/core/model/ids.h"
#include "daemon/core/model/version.h"
#include "daemon/core/plan/config.h"
#include "daemon/core/plan/memory.h"

namespace rollout {

/// How far the proof of absence has come. Ticks live in the process only: after a restart the wait
/// begins anew, which is slower and never wrong.
struct Settling {
  Tick not_before{};                 ///< The call's deadline + T_max + L.
  std::optional<Tick> absent_since;  ///< The first complete listing after that without the digest.
  auto operator<=>(const Settling&) const = default;
};

/// How long one create may take once it is sent: 60 s, and 1 s for each MiB of its body, which is
/// `bytes` of modules in base64.
Millis create_allowance(std::uint64_t bytes);

/// Of the largest Worker: for a call of an earlier process, of which no more is known.
Millis longest_create();

/// `deadline` is that of the lost call, or any time after it.
Settling start_settling(Tick deadline, const Timing& timing);

struct Happened {
  Version version;                  ///< The lowest number with the digest.
  std::vector<Version> duplicates;  ///< The others.
};
struct StillOpen {
  Settling settling;
  Tick look_again{};
};
struct DidNotHappen {};
using Settled = std::variant<Happened, StillOpen, DidNotHappen>;

/// Every listing that shows the digest settles at once; only absence waits.
Settled settle(const BundleDigest& digest, const Settling& settling, const Listing& listing,
               Tick now, const Timing& timing);

/// Versions that carry the same build: the lowest number is the one that counts.
struct Family {
  BundleDigest digest;
  Version kept;
  std::vector<Version> others;
};

/// Every digest that several versions of the listing carry.
std::vector<Family> duplicates(const Listing& listing);

/// Why a version that is found in place of a lost create is not what that create sent: a clause.
/// Empty where nothing speaks against it. `version` carries the intent's digest.
std::string made_by_another(const Intent& intent, const Version& version);

/// All versions whose trailer carries the digest, lowest number first.
std::vector<Version> carriers(const Listing& listing, const BundleDigest& digest);

}  // namespace rollout
