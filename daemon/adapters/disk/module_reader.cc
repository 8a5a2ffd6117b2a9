// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/module_reader.h"

#include <fmt/format.h>

#include <cerrno>

#include "daemon/adapters/disk/names.h"
#include "daemon/adapters/disk/read_file.h"
#include "daemon/codec/sha256.h"

namespace rollout {

Result<void> ModuleReader::read(const Module& module, const Sink& sink) {
  const auto failed = [&](FailureKind kind, const std::string& why) {
    return std::unexpected(
        Failure{.kind = kind,
                .during = fmt::format("read {} in {}", shown(module.name), shown(root_path_)),
                .detail = why});
  };
  const auto changed = [&failed] {
    return failed(FailureKind::invalid,
                  "it is no longer the file that was hashed; nothing of it is uploaded");
  };
  const Fd file = open_below(root_, folder_ + module.name);
  if (!file.valid()) return changed();
  Sha256Stream hash;
  std::uint64_t total = 0;
  bool wanted = true;
  const bool whole = read_all(file, module.size, [&](std::span<const std::byte> bytes) {
    total += bytes.size();
    if (total > module.size) return true;  // One byte too many is never handed out.
    hash.add(bytes);
    wanted = sink(bytes);
    return wanted;
  });
  if (!wanted) return {};
  if (!whole) return failed(FailureKind::local, errno_text(errno));
  if (total != module.size || hash.finish() != module.sha256) return changed();
  return {};
}

}  // namespace rollout
