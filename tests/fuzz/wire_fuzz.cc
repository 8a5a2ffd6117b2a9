// SPDX-License-Identifier: Apache-2.0
// Answers of the Versions API.
#include <nlohmann/json.hpp>

#include "daemon/adapters/cloudflare/wire_deployment.h"
#include "daemon/adapters/cloudflare/wire_listing.h"
#include "daemon/adapters/cloudflare/wire_version.h"
#include "daemon/codec/json.h"
#include "daemon/core/model/ensure.h"
#include "tests/fuzz/fuzz.h"

namespace rollout {

void fuzz_one(std::string_view input) {
  if (const auto page = read_listing_page(input)) {
    ListingPages pages;
    (void)pages.add(*page);
  } else {
    ENSURE(!page.error().empty(), "a refused listing without a sentence");
  }
  const auto json = parse_json(input);
  if (!json) return;
  (void)version_detail_from_json(*json);
  (void)deployments_from_json(*json);
  (void)worker_from_json(*json);
}

}  // namespace rollout
