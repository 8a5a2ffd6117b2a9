// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/sqlite/rows.h"

#include <fmt/format.h>

#include <charconv>

#include "daemon/codec/sha256.h"

namespace rollout {
namespace {

// Kinds of rows.
constexpr std::string_view kGenerationRow = "generation";
constexpr std::string_view kPinRow = "pin";
constexpr std::string_view kVersionRow = "version";
constexpr std::string_view kWorkerRow = "worker";

std::string place_key(std::uint64_t place) {
  return fmt::format("{:012}", place);
}

/// Places for `after` that keep those of generations that were there before, as long as the order
/// is the same; else all are new.
std::vector<std::uint64_t> places_of(const Kept& before, const std::vector<Generation>& after) {
  std::vector<std::uint64_t> places;
  const auto& known = before.memory.generations;
  std::uint64_t next = before.places.empty() ? 0 : before.places.back() + 1;
  std::size_t from = 0;
  for (const Generation& generation : after) {
    std::size_t at = from;
    while (at < known.size() && (known[at].digest != generation.digest ||
                                 known[at].finished_at != generation.finished_at)) {
      ++at;
    }
    if (at < known.size()) {
      // A new one before an old one took a place behind it: only a renumbering keeps the order.
      if (!places.empty() && places.back() >= before.places[at]) break;
      places.push_back(before.places[at]);
      from = at + 1;
    } else {
      places.push_back(next++);
    }
  }
  if (places.size() == after.size()) return places;
  places.clear();
  for (std::size_t i = 0; i < after.size(); ++i) places.push_back(next + after.size() + i);
  return places;
}

void change_generations(const Kept& before, const Kept& after, MemoryChange& change) {
  std::size_t old = 0;
  for (std::size_t i = 0; i < after.places.size(); ++i) {
    for (; old < before.places.size() && before.places[old] < after.places[i]; ++old) {
      change.remove.emplace_back(kGenerationRow, place_key(before.places[old]));
    }
    const bool there = old < before.places.size() && before.places[old] == after.places[i];
    const bool same = there && before.memory.generations[old] == after.memory.generations[i];
    if (there) ++old;
    if (same) continue;
    change.write[{std::string(kGenerationRow), place_key(after.places[i])}] =
        encode(after.memory.generations[i]);
  }
  for (; old < before.places.size(); ++old) {
    change.remove.emplace_back(kGenerationRow, place_key(before.places[old]));
  }
}

template <class Value>
void change_map(std::string_view kind, const std::map<VersionId, Value>& before,
                const std::map<VersionId, Value>& after, MemoryChange& change) {
  auto old = before.begin();
  for (const auto& [version, value] : after) {
    for (; old != before.end() && old->first < version; ++old) {
      change.remove.emplace_back(kind, old->first.text());
    }
    const bool there = old != before.end() && old->first == version;
    const bool same = there && old->second == value;
    if (there) ++old;
    if (!same) change.write[{std::string(kind), std::string(version.text())}] = encode(value);
  }
  for (; old != before.end(); ++old) change.remove.emplace_back(kind, old->first.text());
}

bool same_rest(const Memory& a, const Memory& b) {
  return a.suspension == b.suspension && a.approval == b.approval &&
         a.highest_number == b.highest_number && a.had_deployment == b.had_deployment &&
         a.policy_hash == b.policy_hash && a.agreed_policy == b.agreed_policy &&
         a.prune_held == b.prune_held && a.prune_held_because == b.prune_held_because &&
         a.loss_seen == b.loss_seen && a.builds_seen_in == b.builds_seen_in &&
         a.builds_at == b.builds_at && a.newcomer == b.newcomer;
}

}  // namespace

std::int64_t row_checksum(std::initializer_list<std::string_view> texts) {
  std::string canonical;
  for (const std::string_view text : texts) {
    canonical += fmt::format("{}:", text.size());
    canonical += text;
  }
  const Sha256 hash = sha256(canonical);
  std::uint64_t first = 0;
  for (const std::byte byte : hash.raw().first<8>()) {
    first = first << 8U | std::to_integer<std::uint64_t>(byte);
  }
  return static_cast<std::int64_t>(first);
}

std::pair<MemoryChange, Kept> change(const Kept& before, const Memory& after) {
  Kept kept{.memory = after, .places = places_of(before, after.generations), .stored = true};
  kept.memory.intents.clear();
  MemoryChange result;
  change_generations(before, kept, result);
  change_map(kVersionRow, before.memory.versions, after.versions, result);
  change_map(kPinRow, before.memory.pins, after.pins, result);
  if (!before.stored || !same_rest(before.memory, after)) {
    result.write[{std::string(kWorkerRow), ""}] = encode_rest(after);
  }
  return {std::move(result), std::move(kept)};
}

bool restore(const RowKey& row, std::string_view body, Kept& kept) {
  const auto& [kind, key] = row;
  if (kind == kWorkerRow) return decode_rest(body, kept.memory);
  if (kind == kAccountRow) return decode_account(body).has_value();
  if (kind == kGenerationRow) {
    std::uint64_t place = 0;
    const auto read = std::from_chars(key.data(), key.data() + key.size(), place);
    std::optional<Generation> generation = decode_generation(body);
    if (read.ec != std::errc() || !generation) return false;
    kept.memory.generations.push_back(std::move(*generation));
    kept.places.push_back(place);
    return true;
  }
  const std::optional<VersionId> version = VersionId::parse(key);
  if (!version) return false;
  if (kind == kVersionRow) {
    const std::optional<SeenVersion> seen = decode_seen(body);
    if (seen) kept.memory.versions.emplace(*version, *seen);
    return seen.has_value();
  }
  std::optional<Pin> pin = kind == kPinRow ? decode_pin(body) : std::nullopt;
  if (pin) kept.memory.pins.emplace(*version, std::move(*pin));
  return pin.has_value();
}

}  // namespace rollout
