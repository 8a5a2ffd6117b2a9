// SPDX-License-Identifier: Apache-2.0
#include "tests/adapters/sqlite/shim_disk.h"

#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <new>

namespace rollout {
namespace {

ShimDisk* disk = nullptr;  // SQLite's file systems are global, so is the one test disk.

struct ShimFile {
  sqlite3_file base;
  std::string* path;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

ShimFile& shim(sqlite3_file* file) {
  return *reinterpret_cast<ShimFile*>(file);
}
sqlite3_file* real(sqlite3_file* file) {
  return shim(file).real();
}
sqlite3_vfs* real_vfs() {
  return sqlite3_vfs_find("unix");
}

int close(sqlite3_file* file) {
  delete shim(file).path;
  return real(file)->pMethods->xClose(real(file));
}
int read(sqlite3_file* file, void* to, int size, sqlite3_int64 from) {
  return real(file)->pMethods->xRead(real(file), to, size, from);
}
int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
  const std::string& path = *shim(file).path;
  disk->step();
  if (!disk->fits(path, static_cast<std::uint64_t>(at + size))) return SQLITE_FULL;
  disk->touch(path);
  return real(file)->pMethods->xWrite(real(file), bytes, size, at);
}
int truncate(sqlite3_file* file, sqlite3_int64 size) {
  disk->step();
  disk->touch(*shim(file).path);
  return real(file)->pMethods->xTruncate(real(file), size);
}
int sync(sqlite3_file* file, int flags) {
  disk->step();
  if (disk->sync_fails) return SQLITE_IOERR_FSYNC;
  disk->dirty.erase(*shim(file).path);
  return disk->sync_is_slow ? real(file)->pMethods->xSync(real(file), flags) : SQLITE_OK;
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return real(file)->pMethods->xFileSize(real(file), size);
}
int lock(sqlite3_file* file, int kind) {
  return real(file)->pMethods->xLock(real(file), kind);
}
int unlock(sqlite3_file* file, int kind) {
  return real(file)->pMethods->xUnlock(real(file), kind);
}
int check_lock(sqlite3_file* file, int* held) {
  return real(file)->pMethods->xCheckReservedLock(real(file), held);
}
int control(sqlite3_file* file, int operation, void* argument) {
  return real(file)->pMethods->xFileControl(real(file), operation, argument);
}
int sector_size(sqlite3_file*) {
  return 4096;
}
int characteristics(sqlite3_file*) {
  return 0;
}

constexpr sqlite3_io_methods kMethods = {
    1,       close,      read,    write,       truncate,        sync,    file_size, lock,
    unlock,  check_lock, control, sector_size, characteristics, nullptr, nullptr,   nullptr,
    nullptr, nullptr,    nullptr};

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
  ShimFile& opened = *new (file) ShimFile{};
  const int code = real_vfs()->xOpen(real_vfs(), name, opened.real(), flags, out);
  if (opened.real()->pMethods != nullptr) {
    opened.base.pMethods = &kMethods;
    opened.path = new std::string(name == nullptr ? "" : name);
  }
  return code;
}

int remove(sqlite3_vfs*, const char* name, int sync_directory) {
  disk->step();
  if (sync_directory == 0) ++disk->unsynced_deletes;
  disk->dirty.erase(name);
  return real_vfs()->xDelete(real_vfs(), name, disk->sync_is_slow ? sync_directory : 0);
}

sqlite3_vfs make_vfs() {
  sqlite3_vfs vfs = *real_vfs();
  vfs.zName = "shim";
  vfs.szOsFile += static_cast<int>(sizeof(ShimFile));
  vfs.xOpen = open;
  vfs.xDelete = remove;
  return vfs;
}

sqlite3_vfs vfs = make_vfs();

std::string contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

ShimDisk::ShimDisk() {
  disk = this;
  sqlite3_vfs_register(&vfs, 1);
}

ShimDisk::~ShimDisk() {
  sqlite3_vfs_unregister(&vfs);
  disk = nullptr;
}

void ShimDisk::step() {
  if (++operations != end_at) return;
  for (const auto& [path, image] : dirty) {
    if (power) std::ofstream(path, std::ios::binary | std::ios::trunc) << image;
  }
  ::_exit(9);
}

void ShimDisk::touch(const std::string& path) {
  if (!dirty.contains(path)) dirty.emplace(path, contents(path));
}

bool ShimDisk::fits(const std::string& path, std::uint64_t end) const {
  if (!room) return true;
  std::uint64_t used = 0;
  for (const auto& entry : std::filesystem::directory_iterator(room->directory)) {
    used += entry.path() == path ? 0 : entry.file_size();
  }
  return used + end <= room->bytes || end <= std::filesystem::file_size(path);
}

}  // namespace rollout
