// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/module_reader.h"

#include <fmt/format.h>

#include <cerrno>
#include <vector>

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
  // The last piece is held back until the file has proved to be the one that was hashed: a request
  // whose body is the bare file would be complete, and wrong.
  std::vector<std::byte> held;
  const bool whole = read_all(file, module.size, [&](std::span<const std::byte> bytes) {
    total += bytes.size();
    if (total > module.size) return true;  // One byte too many is never handed out.
    hash.add(bytes);
    wanted = held.empty() || sink(held);
    held.assign(bytes.begin(), bytes.end());
    return wanted;
  });
  if (!wanted) return {};
  if (!whole) return failed(FailureKind::local, errno_text(errno));
  if (total != module.size || hash.finish() != module.sha256) return changed();
  if (!held.empty()) sink(held);
  return {};
}

}  // namespace rollout
