// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/bucket_rule.h"

#include <algorithm>

namespace rollout {
namespace {

/// The buckets that a walk from new to old has met.
class Met final {
 public:
  /// True where the bucket was not met before.
  bool meet(const Bucket& bucket) {
    if (last_ == bucket) return false;
    last_ = bucket;
    // Buckets come in falling order, but for the hours around which clocks are set back.
    const bool falls = all_.empty() || bucket < least_;
    if (!falls && std::find(all_.rbegin(), all_.rend(), bucket) != all_.rend()) return false;
    if (falls) least_ = bucket;
    all_.push_back(bucket);
    return true;
  }

 private:
  std::optional<Bucket> last_;
  Bucket least_;
  std::vector<Bucket> all_;
};

/// Where a duration stops: at the first bucket earlier than the one that holds the edge.
class Edge final {
 public:
  Edge(Period period, const Extent& extent, const Walk& walk) {
    const auto* window = std::get_if<Duration>(&extent);
    if (window == nullptr) return;
    edge_ = minus(walk.anchor, *window, walk.zone);
    if (walk.dialect != Dialect::exact) bucket_ = rollout::bucket(period, *edge_, walk.zone);
  }

  bool is_before(Instant created, const Bucket& bucket) const {
    return edge_ && created < *edge_ && bucket != bucket_;
  }

 private:
  std::optional<Instant> edge_;
  std::optional<Bucket> bucket_;
};

/// When time alone puts the whole bucket out of the window.
std::optional<Instant> end_of(Period period, Instant created, const Extent& extent,
                              const Walk& walk) {
  const auto* window = std::get_if<Duration>(&extent);
  if (window == nullptr || !walk.at_now) return std::nullopt;
  return first_reaching(bucket_end(period, created, walk.zone), *window, walk.now, walk.zone);
}

}  // namespace

Reason& Hits::add(const Member& member, std::optional<std::uint32_t> ordinal) const {
  Reason& reason = member.verdict->reasons.emplace_back();
  reason.code = ReasonCode::rule;
  reason.group = group_;
  reason.rule = to_string(kind_);
  reason.ordinal = ordinal;
  reason.limit = limit_;
  return reason;
}

ByDate newest_first(std::span<const Member> members) {
  ByDate all;
  all.reserve(members.size());
  for (const Member& member : members) all.push_back(&member);
  const auto newer = [](const Member* a, const Member* b) {
    const Instant created_a = *a->verdict->created_on;
    const Instant created_b = *b->verdict->created_on;
    return created_a != created_b ? created_a > created_b : a < b;
  };
  // Numbers and dates mostly agree.
  if (!std::is_sorted(all.begin(), all.end(), newer)) std::sort(all.begin(), all.end(), newer);
  return all;
}

void keep_buckets(const Hits& hits, Period period, const ByDate& members, const Extent& extent,
                  const Walk& walk) {
  const auto* count = std::get_if<Count>(&extent);
  const bool counts = !std::holds_alternative<Duration>(extent);
  const Edge edge(period, extent, walk);
  Met met;
  std::uint32_t hit = 0;
  for (const Member* member : members) {
    if (count != nullptr && hit == count->value) return;
    const Instant created = *member->verdict->created_on;
    const Bucket at = bucket(period, created, walk.zone);
    if (edge.is_before(created, at)) return;
    const bool fills = walk.dialect != Dialect::ours && member == members.back();
    const bool fresh = met.meet(at);
    if (!fresh && !fills) continue;
    ++hit;
    Reason& reason = hits.add(*member, counts ? std::optional(hit) : std::nullopt);
    reason.bucket = fresh ? format_bucket(period, at) : "oldest";
    reason.until = end_of(period, created, extent, walk);
  }
}

}  // namespace rollout
