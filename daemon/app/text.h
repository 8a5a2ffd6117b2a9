// SPDX-License-Identifier: Apache-2.0
// Small pieces of text that several commands print.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/codec/json.h"

namespace rollout {

/// Columns as wide as their widest cell, two spaces apart; the last one is not padded.
std::string align(const std::vector<std::vector<std::string>>& rows);

/// `412 KiB`
std::string bytes_for_people(std::uint64_t bytes);

/// `v41 "1.8.2"`, or `v41` where there is no tag.
std::string version_label(std::uint64_t number, std::string_view tag);

/// `25 %`, `0.5 %`
std::string percent(double percentage);

/// `1 module`, `2 modules`
std::string counted(std::uint64_t count, std::string_view noun);

/// `no Worker `shp` is configured; did you mean "shop"? There are: shop`
std::string unknown_worker_sentence(std::string_view name, const std::vector<std::string>& known);

// Members of what a daemon answered; it may be newer and say more, never less.
std::string text_member(const Json& object, std::string_view name);
std::uint64_t count_member(const Json& object, std::string_view name);
/// The array, or an empty one.
const Json& list_member(const Json& object, std::string_view name);

}  // namespace rollout
