// SPDX-License-Identifier: Apache-2.0
// A listing of versions, page by page. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "daemon/adapters/cloudflare/wire_version.h"

namespace rollout {

/// `result_info`.
struct PageInfo {
  std::uint64_t count = 0;
  std::uint64_t page = 0;
  std::uint64_t per_page = 0;
  std::uint64_t total_count = 0;
};

struct ListingPage {
  std::vector<Version> versions;
  PageInfo info;
};

/// Reads one page as a stream: only the fields of `Version` become values, one version at a time.
/// The whole text is checked all the same: depth, keys that stand twice, `success`, `result_info`.
Wire<ListingPage> read_listing_page(std::string_view body);

/// Puts pages together and finds out whether they belong to one state of the list.
class ListingPages {
 public:
  static constexpr std::uint64_t kPerPage = 100;
  static constexpr std::uint64_t kMostVersions = 1'000'000;

  /// The page to ask for; none when the listing is complete. From 1.
  std::optional<std::uint64_t> next() const;

  /// The error says how the listing is torn; then no further page makes sense.
  Wire<void> add(ListingPage page);

  /// Highest number first.
  std::vector<Version> finish();

 private:
  std::optional<std::uint64_t> total_;
  std::uint64_t pages_ = 0;
  std::vector<Version> versions_;
};

}  // namespace rollout
