// SPDX-License-Identifier: Apache-2.0
// The rules of the house that a machine can check: directions, sizes, banned calls, stale
// documents.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace rollout {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = ROLLOUT_SOURCE_DIR;

struct Source {
  std::string path;  ///< Relative to the root, `/`-separated.
  std::vector<std::string> lines;
  bool is_header() const { return path.ends_with(".h"); }
};

std::string text_of(const fs::path& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

using Endings = std::vector<std::string_view>;

std::vector<Source> sources_below(const char* folder, const Endings& endings = {".h", ".cc"}) {
  std::vector<Source> sources;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder)) {
    const std::string path = fs::relative(entry.path(), kRoot).generic_string();
    if (path.find("node_modules") != std::string::npos) continue;
    const bool wanted = std::ranges::any_of(
        endings, [&path](std::string_view ending) { return path.ends_with(ending); });
    if (!wanted) continue;
    Source source{path, {}};
    std::ifstream in(entry.path());
    for (std::string line; std::getline(in, line);) source.lines.push_back(line);
    sources.push_back(std::move(source));
  }
  std::sort(sources.begin(), sources.end(),
            [](const Source& a, const Source& b) { return a.path < b.path; });
  return sources;
}

const std::vector<Source>& product() {
  static const std::vector<Source> sources = sources_below("daemon");
  return sources;
}

const std::vector<Source>& tests() {
  static const std::vector<Source> sources = sources_below("tests");
  return sources;
}

/// `core`, `ports`, `engine`, `codec`, `adapters/disk`, `emulator`, `app`; mains are `app` too.
std::string room_of(const std::string& path) {
  std::string rest = path.substr(std::string("daemon/").size());
  const auto slash = rest.find('/');
  if (slash == std::string::npos) return "app";
  const std::string room = rest.substr(0, slash);
  if (room != "adapters") return room;
  return rest.substr(0, rest.find('/', slash + 1));
}

bool may_include(const std::string& from, const std::string& to) {
  static const std::map<std::string, std::set<std::string>> kAllowed = {
      {"core", {}},
      {"ports", {"core"}},
      {"engine", {"core", "ports"}},
      {"codec", {"core"}},
      {"emulator", {"core", "codec", "ports"}},
  };
  if (from == to || from == "app") return true;
  if (from.starts_with("adapters/")) return to == "core" || to == "ports" || to == "codec";
  const auto allowed = kAllowed.find(from);
  return allowed != kAllowed.end() && allowed->second.contains(to);
}

void report(std::vector<std::string>& faults, const Source& source, std::size_t line,
            const std::string& what) {
  faults.push_back(fmt::format("{}:{}: {}", source.path, line + 1, what));
}

std::string joined(const std::vector<std::string>& faults) {
  return fmt::format("{}", fmt::join(faults, "\n"));
}

TEST(Tidy, RoomsIncludeOnlyWhatTheyMay) {
  const std::regex include(R"re(^#include "(daemon/[^"]+)")re");
  std::vector<std::string> faults;
  for (const Source& source : product()) {
    const std::string from = room_of(source.path);
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      std::smatch found;
      if (!std::regex_search(source.lines[i], found, include)) continue;
      const std::string to = room_of(found[1]);
      if (!may_include(from, to)) report(faults, source, i, from + " may not include " + to);
    }
  }
  EXPECT_TRUE(faults.empty()) << joined(faults);
}

TEST(Tidy, LibrariesStayInTheirRooms) {
  const std::map<std::string, std::regex> kOwners = {
      {"<httplib.h>", std::regex("adapters/(cloudflare|status)|emulator|app")},
      {"<yaml-cpp/", std::regex("adapters/yaml")},
      {"<sqlite3.h>", std::regex("adapters/sqlite|emulator")},
      {"<spdlog/", std::regex("adapters/log")},
      {"<CLI/", std::regex("app|emulator")},
      {"<git2", std::regex("adapters/disk")},
      {"<systemd/", std::regex("adapters/(system|log|watch)|app")},
      {"<nlohmann/json.hpp>", std::regex("codec|adapters/.*|emulator|app")},
      {"<sys/inotify.h>", std::regex("adapters/watch")},
      {"<thread>", std::regex("app|adapters/.*|emulator")},
      {"<mutex>", std::regex("app|codec|adapters/.*|emulator")},
      {"<fstream>", std::regex("app|adapters/.*|emulator")},
      {"<random>", std::regex("adapters/system|emulator")},
  };
  std::vector<std::string> faults;
  for (const Source& source : product()) {
    const std::string room = room_of(source.path);
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      if (!source.lines[i].starts_with("#include <")) continue;
      for (const auto& [header, owners] : kOwners) {
        if (source.lines[i].find(header) == std::string::npos) continue;
        if (!std::regex_match(room, owners)) report(faults, source, i, room + " uses " + header);
      }
      if (source.is_header() && source.lines[i].find("<nlohmann/json.hpp>") != std::string::npos) {
        report(faults, source, i, "a header needs <nlohmann/json_fwd.hpp> only");
      }
    }
  }
  EXPECT_TRUE(faults.empty()) << joined(faults);
}

TEST(Tidy, FilesAndLinesStayShort) {
  std::vector<std::string> faults;
  for (const auto* sources : {&product(), &tests()}) {
    for (const Source& source : *sources) {
      const bool is_test = source.path.starts_with("tests/");
      const std::size_t most = source.is_header() && !is_test ? 150 : is_test ? 700 : 400;
      if (source.lines.size() > most) {
        faults.push_back(
            fmt::format("{}: {} lines, at most {}", source.path, source.lines.size(), most));
      }
      for (std::size_t i = 0; i < source.lines.size(); ++i) {
        if (source.lines[i].size() > 110) report(faults, source, i, "longer than 100 columns");
      }
    }
  }
  EXPECT_TRUE(faults.empty()) << joined(faults);
}

/// A function starts on a line that ends in `{` and is not deeper than one class, and ends where
/// that brace closes; clang-format makes this reliable.
TEST(Tidy, FunctionsStayShort) {
  constexpr std::size_t kMost = 60;
  const std::regex start(R"(^( {0,2})[A-Za-z~].*\) ?(const |noexcept |override |final )*\{$)");
  std::vector<std::string> faults;
  for (const Source& source : product()) {
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      std::smatch found;
      if (!std::regex_match(source.lines[i], found, start)) continue;
      const std::string end = found[1].str() + "}";
      std::size_t last = i + 1;
      while (last < source.lines.size() && source.lines[last] != end) ++last;
      if (last - i + 1 > kMost && last < source.lines.size()) {
        report(faults, source, i, fmt::format("{} lines, at most {}", last - i + 1, kMost));
      }
    }
  }
  EXPECT_TRUE(faults.empty()) << joined(faults);
}

struct Ban {
  const char* what;
  const char* pattern;
  const char* except;  ///< Paths that may; a regular expression.
  const char* why;
};

TEST(Tidy, BannedCallsDoNotOccur) {
  const Ban kBans[] = {
      {"now()", R"(system_clock::now|steady_clock::now|\btime\(nullptr\)|clock_gettime)",
       "daemon/(adapters/system|adapters/cloudflare|adapters/log|emulator|app)/.*",
       "time comes from the Clock port"},
      {"sleep", R"(sleep_for|sleep_until|\busleep\(|[^a-z_]sleep\()", "", "wait on what happens"},
      {"assert", R"(\bassert\()", "", "ENSURE is on in release builds"},
      {"stdout", R"(std::cout|std::cerr|\bprintf\()", "daemon/(app|emulator)/.*|daemon/[a-z]+\\.cc",
       "only events are told"},
      {"system", R"(\bsystem\(|\bpopen\()", "", "no shell in the daemon"},
      {"throw", R"(^\s*throw )", "", "failures are values"},
      {"unordered", R"(std::unordered_)",
       "daemon/(adapters|emulator|app)/.*|daemon/core/policy/retention.cc",  // Looked up only.
       "core and engine iterate in order"},
      {"skip", R"(GTEST_SKIP|DISABLED_)", "", "no test is skipped"},
      {"marks", R"(TODO|FIXME|\bXXX\b)", "", "finish it or leave it out"},
  };
  std::vector<std::string> faults;
  for (const auto* sources : {&product(), &tests()}) {
    for (const Source& source : *sources) {
      if (source.path == "tests/tidy_test.cc") continue;
      const bool is_test = source.path.starts_with("tests/");
      for (const Ban& ban : kBans) {
        const std::string name = ban.what;
        if (is_test && name != "sleep" && name != "skip" && name != "marks") continue;
        if (*ban.except != '\0' && std::regex_match(source.path, std::regex(ban.except))) continue;
        const std::regex pattern(ban.pattern);
        for (std::size_t i = 0; i < source.lines.size(); ++i) {
          const std::string code = source.lines[i].substr(0, source.lines[i].find("//"));
          const std::string& searched = name == "marks" ? source.lines[i] : code;
          if (std::regex_search(searched, pattern)) {
            report(faults, source, i, fmt::format("{}: {}", ban.what, ban.why));
          }
        }
      }
    }
  }
  EXPECT_TRUE(faults.empty()) << joined(faults);
}

TEST(Tidy, EveryFileSaysItsLicenceAndHeadersAreIncludedOnce) {
  std::vector<std::string> faults;
  for (const auto* sources : {&product(), &tests()}) {
    for (const Source& source : *sources) {
      if (source.lines.empty() || source.lines[0] != "// SPDX-License-Identifier: Apache-2.0") {
        report(faults, source, 0, "the first line is not the SPDX line");
      }
      const bool once =
          std::find(source.lines.begin(), source.lines.end(), "#pragma once") != source.lines.end();
      if (source.is_header() && !once) report(faults, source, 0, "no #pragma once");
    }
  }
  EXPECT_TRUE(faults.empty()) << joined(faults);
}

// All rooms share one namespace: two types of one name are one to the linker, which keeps the
// functions of either.
TEST(Tidy, EveryTypeHasANameOfItsOwn) {
  const std::regex definition(
      R"(^(struct|class|enum class) ([A-Z]\w*)( final)?( :[^:].*)? ?(\{.*)?$)");
  std::map<std::string, std::string> homes;
  std::vector<std::string> faults;
  for (const Source& source : product()) {
    if (!source.is_header()) continue;
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      std::smatch found;
      if (!std::regex_match(source.lines[i], found, definition)) continue;
      const auto [home, fresh] = homes.emplace(found[2], source.path);
      if (!fresh)
        report(faults, source, i, fmt::format("{} is in {} as well", home->first, home->second));
    }
  }
  EXPECT_GT(homes.size(), 100U);
  EXPECT_TRUE(faults.empty()) << joined(faults);
}

TEST(Tidy, EveryRoomIsOnTheMap) {
  const std::string map = text_of(kRoot / "daemon/README.md");
  std::set<std::string> rooms;
  for (const Source& source : product()) {
    if (source.path.find('/', 7) == std::string::npos) continue;
    rooms.insert(fs::path(source.path).parent_path().generic_string().substr(7));
  }
  for (const std::string& room : rooms) {
    EXPECT_NE(map.find("`" + room + "/`"), std::string::npos)
        << room << " is not in daemon/README.md";
  }
}

/// Links in the documents lead somewhere.
TEST(Tidy, LinksInDocumentsLeadSomewhere) {
  const std::regex link(R"(\]\(([^)#:]+)\))");
  for (const char* document : {"README.md", "CONTRIBUTING.md", "daemon/README.md",
                               "daemon/decisions.md", "policies/README.md", "examples/README.md"}) {
    const std::string text = text_of(kRoot / document);
    ASSERT_FALSE(text.empty()) << document;
    for (std::sregex_iterator it(text.begin(), text.end(), link), end; it != end; ++it) {
      const fs::path target = kRoot / fs::path(document).parent_path() / (*it)[1].str();
      EXPECT_TRUE(fs::exists(target)) << document << " links to " << (*it)[1];
    }
  }
}

std::set<int> numbers_in(const std::string& text, const std::regex& pattern) {
  std::set<int> numbers;
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) {
    numbers.insert(std::stoi((*it)[1]));
  }
  return numbers;
}

/// README.md lists the promises that a test names (`// Promise 3`), and no others.
TEST(Tidy, PromisesAreThoseThatTestsKeep) {
  std::set<int> kept;
  const std::regex comment(R"(//.*?Promises? (\d+))");
  const std::regex more(R"((?:,| and) (\d+))");
  for (const Source& source : sources_below("tests", {".cc", ".sh"})) {
    for (const std::string& line : source.lines) {
      if (source.path == "tests/tidy_test.cc" || line.find("Promise") == std::string::npos)
        continue;
      kept.merge(numbers_in(line, comment));
      if (std::regex_search(line, comment)) kept.merge(numbers_in(line, more));
    }
  }
  const std::set<int> promised =
      numbers_in(text_of(kRoot / "README.md"), std::regex(R"(\n\| (\d+) \| )"));
  EXPECT_EQ(promised, kept);
}

}  // namespace
}  // namespace rollout
