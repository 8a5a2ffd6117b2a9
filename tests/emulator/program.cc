// SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/program.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "daemon/core/model/ensure.h"

namespace rollout {

Program::Program(const std::vector<std::string>& words, const std::string& log) : log_(log) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  const int failed = posix_spawn(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ENSURE(failed == 0, "the program must start");
}

Program::~Program() {
  if (pid_ < 0) return;
  signal(SIGKILL);
  wait();
}

void Program::signal(int number) const {
  ::kill(pid_, number);
}

int Program::wait() {
  int status = 0;
  ENSURE(::waitpid(pid_, &status, 0) == pid_, "a child can be waited for once");
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string Program::printed() const {
  std::ostringstream text;
  text << std::ifstream(log_).rdbuf();
  return text.str();
}

}  // namespace rollout
