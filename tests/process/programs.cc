// SPDX-License-Identifier: Apache-2.0
#include "tests/process/programs.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "daemon/core/model/ensure.h"

namespace rollout {
namespace {

/// A daemon that nobody listens to for a while must not lose lines.
constexpr int kPipeRoom = 1024 * 1024;

std::vector<char*> pointers(const Words& words) {
  std::vector<char*> out;
  for (const std::string& word : words) out.push_back(const_cast<char*>(word.c_str()));
  out.push_back(nullptr);
  return out;
}

/// The later of two with one name counts.
Words whole_environment(const Words& more) {
  std::map<std::string, std::string> by_name = {
      {"PATH", ::getenv("PATH")}, {"HOME", "/nonexistent"}, {"LANG", "C.UTF-8"}, {"NO_COLOR", "1"}};
  for (const std::string& entry : more) {
    const auto equals = entry.find('=');
    by_name[entry.substr(0, equals)] = entry.substr(equals + 1);
  }
  Words out;
  for (const auto& [name, value] : by_name) out.push_back(name + "=" + value);
  return out;
}

struct Pipe {
  int read = -1, write = -1;
  Pipe() {
    std::array<int, 2> ends{};
    ENSURE(::pipe2(ends.data(), O_CLOEXEC) == 0, "a pipe must be had");
    read = ends[0];
    write = ends[1];
    ::fcntl(read, F_SETFL, O_NONBLOCK);
    ::fcntl(read, F_SETPIPE_SZ, kPipeRoom);
  }
};

/// False at its end.
bool drain(int pipe, std::string& text) {
  std::array<char, 65536> bytes;
  for (;;) {
    const ssize_t count = ::read(pipe, bytes.data(), bytes.size());
    if (count > 0) text.append(bytes.data(), static_cast<std::size_t>(count));
    if (count == 0) return false;
    if (count < 0) return true;
  }
}

}  // namespace

Child::Child(const Words& words, const Words& environment) : name_(words.front()) {
  const Words full = whole_environment(environment);
  const std::vector<char*> arguments = pointers(words);
  const std::vector<char*> variables = pointers(full);
  const Pipe out;
  const Pipe err;
  pid_ = ::fork();
  ENSURE(pid_ >= 0, "a child must be had");
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
    ::dup2(out.write, STDOUT_FILENO);
    ::dup2(err.write, STDERR_FILENO);
    ::execvpe(arguments.front(), arguments.data(), variables.data());
    ::_exit(127);
  }
  ::close(out.write);
  ::close(err.write);
  out_pipe_ = out.read;
  err_pipe_ = err.read;
  process_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  ENSURE(process_ >= 0, "a child has a descriptor");
}

Child::~Child() {
  if (pid_ > 0) {
    signal(SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  for (const int fd : {process_, out_pipe_, err_pipe_}) ::close(fd);
}

void Child::signal(int number) const {
  ::kill(pid_, number);
}

bool Child::read_some(int milliseconds) {
  std::array<pollfd, 3> polled{{{process_, POLLIN, 0}, {-1, POLLIN, 0}, {-1, POLLIN, 0}}};
  if (out_pipe_ >= 0) polled[1].fd = out_pipe_;
  if (err_pipe_ >= 0) polled[2].fd = err_pipe_;
  ::poll(polled.data(), polled.size(), milliseconds);
  for (auto [pipe, text] : {std::pair(&out_pipe_, &out_), std::pair(&err_pipe_, &err_)}) {
    if (*pipe >= 0 && !drain(*pipe, *text)) {
      ::close(*pipe);
      *pipe = -1;
    }
  }
  return (polled[0].revents & POLLIN) == 0;
}

void Child::read_now() {
  read_some(0);
}

void Child::read_until(const std::function<bool()>& done) {
  const auto late = std::chrono::steady_clock::now() + kLimit;
  while (!done()) {
    const bool goes_on = read_some(100);
    if (done()) return;
    if (!goes_on)
      throw std::runtime_error(name_ + " has ended meanwhile; it said:\n" + out_ + err_);
    if (std::chrono::steady_clock::now() > late)
      throw std::runtime_error(name_ + ": waited in vain; it said:\n" + out_ + err_);
  }
}

int Child::wait() {
  ENSURE(pid_ > 0, "a child can be waited for once");
  const auto late = std::chrono::steady_clock::now() + kLimit;
  while (read_some(100))
    if (std::chrono::steady_clock::now() > late)
      throw std::runtime_error(name_ + " does not end; it said:\n" + out_ + err_);
  read_now();
  int status = 0;
  ENSURE(::waitpid(pid_, &status, 0) == pid_, "a child ends once");
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Ended run(const Words& words, const Words& environment) {
  Child child(words, environment);
  const int exit = child.wait();
  return {.exit = exit, .out = child.out(), .err = child.err()};
}

std::string output_of(const Words& words, const Words& environment) {
  Ended ended = run(words, environment);
  if (ended.exit == 0) return std::move(ended.out);
  std::string line;
  for (const std::string& word : words) line += word + ' ';
  throw std::runtime_error(line + "failed:\n" + ended.out + ended.err);
}

std::vector<Json> DaemonProgram::story() const {
  std::vector<Json> story;
  std::string_view rest = child_.err();
  for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    if (auto line = parse_json(rest.substr(0, end)); line && find_member(*line, "event") != nullptr)
      story.push_back(*std::move(line));
    rest.remove_prefix(end + 1);
  }
  return story;
}

std::vector<Json> DaemonProgram::told(std::string_view event) {
  child_.read_now();
  std::vector<Json> found = story();
  std::erase_if(found, [event](const Json& line) { return line["event"] != event; });
  return found;
}

Json DaemonProgram::await(std::string_view event, std::size_t nth) {
  child_.read_until([this, event, nth] { return told(event).size() >= nth; });
  return told(event)[nth - 1];
}

std::size_t DaemonProgram::place_of(std::string_view event) {
  await(event);
  const std::vector<Json> all = story();
  const auto found =
      std::ranges::find_if(all, [event](const Json& line) { return line["event"] == event; });
  return static_cast<std::size_t>(found - all.begin());
}

int DaemonProgram::stop() {
  signal(SIGTERM);
  return wait();
}

}  // namespace rollout
