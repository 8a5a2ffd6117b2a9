// SPDX-License-Identifier: Apache-2.0
// rolloutd.yaml and both kinds of policy: whatever stands in the file, there is either a result or
// an error with a place and a sentence.
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "daemon/adapters/disk/fd.h"
#include "daemon/adapters/yaml/config_builder.h"
#include "daemon/adapters/yaml/document.h"
#include "daemon/adapters/yaml/policy_loader.h"
#include "daemon/adapters/yaml/problems.h"
#include "daemon/core/model/ensure.h"
#include "tests/fuzz/fuzz.h"

namespace rollout {
namespace {

void check(const std::vector<ConfigError>& errors) {
  for (const ConfigError& error : errors) {
    ENSURE(!error.message.empty(), "an error without a sentence");
    ENSURE(!describe(error).empty(), "an error that cannot be shown");
  }
}

void load_main(const std::string& path) {
  Document document(path);
  ConfigBuilder builder;
  builder.add_main(document);
  (void)builder.finish(PolicyShelf());
  std::vector<ConfigError> errors;
  document.report(errors);
  check(errors);
}

}  // namespace

void fuzz_one(std::string_view input) {
  const Fd file(::memfd_create("fuzzed.yaml", MFD_CLOEXEC));
  ENSURE(::write(file.get(), input.data(), input.size()) == static_cast<ssize_t>(input.size()),
         "a file in memory takes the input");
  const std::string path = "/proc/self/fd/" + std::to_string(file.get());
  load_main(path);
  if (const auto policy = load_retention_file(path); !policy) check(policy.error());
  if (const auto policy = load_tagging_file(path); !policy) check(policy.error());
}

}  // namespace rollout
