// SPDX-License-Identifier: Apache-2.0
// Tries what nobody who took over the daemon may do, one line each: `allowed NAME`, or `refused
// NAME` and why. Run under the unit's settings by nspawn_test.sh, and without them, where it is
// allowed.
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace {

/// Below 0 where it is refused, with errno.
using Attempt = int (*)();

int write_a_file(const char* path) {
  return ::open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
}

int list(const char* path) {
  return ::opendir(path) == nullptr ? -1 : 0;
}

int map(int protection) {
  return ::mmap(nullptr, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1
                                                                                             : 0;
}

int make_code_of_data() {
  void* page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return ::mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

int set_user_id_bit() {
  const int file = write_a_file("/var/lib/rolloutd/probe");
  return file < 0 ? 0 : ::fchmod(file, 04755);
}

/// In a child: what it may do would replace or trace this process.
int in_a_child(Attempt attempt) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(attempt() < 0 ? errno : 0);
  int status = 0;
  ::waitpid(child, &status, 0);
  errno = WEXITSTATUS(status);
  return errno == 0 ? 0 : -1;
}

int run_a_shell() {
  return in_a_child([] { return ::execl("/bin/sh", "sh", "-c", "exit 0", nullptr); });
}

int be_traced() {
  return in_a_child([] { return static_cast<int>(::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr)); });
}

int have_a_user_namespace() {
  return in_a_child([] { return ::unshare(CLONE_NEWUSER); });
}

constexpr struct {
  const char* name;
  Attempt attempt;
} kAttempts[] = {
    {"write-elsewhere", [] { return write_a_file("/srv/open/probe"); }},
    {"read-home", [] { return ::open("/home/ana/letter", O_RDONLY | O_CLOEXEC); }},
    {"run-a-shell", run_a_shell},
    {"be-traced", be_traced},
    {"user-namespace", have_a_user_namespace},
    {"netlink-socket", [] { return ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0); }},
    {"raw-socket", [] { return ::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP); }},
    {"mount", [] { return ::mount("none", "/srv", "tmpfs", 0, nullptr); }},
    {"set-user-id", set_user_id_bit},
    {"write-and-execute", [] { return map(PROT_READ | PROT_WRITE | PROT_EXEC); }},
    {"execute-data", make_code_of_data},
    {"file-in-memory", [] { return ::memfd_create("probe", MFD_CLOEXEC); }},
    {"kernel-tunables", [] { return list("/proc/sys"); }},
    {"processes-of-others", [] { return list("/proc/1"); }},
    {"personality", [] { return ::personality(ADDR_NO_RANDOMIZE); }},
};

}  // namespace

int main() {
  for (const auto& [name, attempt] : kAttempts) {
    errno = 0;
    const bool allowed = attempt() >= 0;
    std::printf("%s %s %s\n", allowed ? "allowed" : "refused", name, std::strerror(errno));
  }
  // What the daemon lives on, lest a probe that can do nothing at all looks well.
  const bool lives = write_a_file("/var/lib/rolloutd/probe") >= 0;
  std::printf("%s own-state\n", lives ? "allowed" : "refused");
  ::unlink("/var/lib/rolloutd/probe");
  return 0;
}
