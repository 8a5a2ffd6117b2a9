// SPDX-License-Identifier: Apache-2.0
// The small languages inside configurations and messages: durations, patterns, templates,
// trailers, times. What parses is written as text that parses to the same.
#include "daemon/core/model/ensure.h"
#include "daemon/core/model/instant.h"
#include "daemon/core/model/trailer.h"
#include "daemon/core/policy/duration.h"
#include "daemon/core/policy/pattern.h"
#include "daemon/core/policy/tagging.h"
#include "tests/fuzz/fuzz.h"

namespace rollout {

void fuzz_one(std::string_view input) {
  if (const auto duration = parse_duration(input)) {
    const auto again = parse_duration(format_duration(*duration));
    ENSURE(again && format_duration(*again) == format_duration(*duration), "a duration changed");
  }
  if (const auto pattern = Pattern::parse(input)) (void)pattern->matches("release/v1.2.3");
  if (const auto text = Template::parse(input)) {
    ENSURE(text->text() == input, "a template changed");
  }
  (void)parse_trailer(input);
  (void)parse_http_date(input);
  if (const auto time = parse_rfc3339(input)) {
    ENSURE(parse_rfc3339(format_rfc3339(*time)) == time, "a time changed");
  }
}

}  // namespace rollout
