// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/cloudflare/gatherer.h"

#include <fmt/format.h>

#include "daemon/codec/base64.h"

namespace rollout {
namespace {

Failure wrong_size(const Module& module) {
  Failure failure;
  failure.kind = FailureKind::invalid;
  failure.detail = fmt::format("`{}` is no longer {} bytes long; the upload was broken off",
                               module.name, module.size);
  return failure;
}

}  // namespace

Result<bool> gather_base64(const Module& module, ModuleContents& contents, Gatherer& out) {
  Base64Encoder encoder;
  std::uint64_t passed = 0;
  bool open = true;
  TRY(contents.read(module, [&](std::span<const std::byte> bytes) {
    passed += bytes.size();
    if (passed > module.size) return false;
    encoder.add(bytes, out.buffer());
    return open = out.flush_when_full();
  }));
  if (!open) return false;
  if (passed != module.size) return std::unexpected(wrong_size(module));
  encoder.finish(out.buffer());
  return true;
}

}  // namespace rollout
