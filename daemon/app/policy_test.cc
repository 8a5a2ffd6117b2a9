// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "daemon/adapters/yaml/policy_loader.h"
#include "daemon/app/session.h"
#include "daemon/codec/report/report_version.h"
#include "daemon/core/policy/retention_tests.h"
#include "daemon/core/policy/tagging_tests.h"

namespace rollout {
namespace {

/// The tests of one file that were asked for.
struct Suite {
  std::string file;
  std::vector<PolicyTestResult> results;
};

struct Findings {
  std::vector<Suite> suites;
  std::vector<ConfigError> errors;  ///< Of files that are no policies.
};

std::vector<PolicyTestResult> results_of(Document& document) {
  const auto label = label_of(document);
  if (!label) return {};
  if (label->kind == PolicyKind::retention) {
    const auto policy = build_retention(document, Tests::leave);
    return policy == nullptr ? std::vector<PolicyTestResult>() : run_tests(*policy);
  }
  const auto policy = build_tagging(document, Tests::leave);
  return policy == nullptr ? std::vector<PolicyTestResult>() : run_tests(*policy);
}

Findings test_files(const std::vector<std::string>& files, const Pattern& wanted) {
  Findings findings;
  for (const std::string& file : files) {
    Document document(file);
    Suite suite{file, results_of(document)};
    std::erase_if(suite.results,
                  [&](const PolicyTestResult& each) { return !wanted.matches(each.name); });
    const std::size_t before = findings.errors.size();
    document.report(findings.errors);
    if (findings.errors.size() == before) findings.suites.push_back(std::move(suite));
  }
  return findings;
}

std::size_t count_failed(const Suite& suite) {
  return static_cast<std::size_t>(
      std::count_if(suite.results.begin(), suite.results.end(),
                    [](const PolicyTestResult& each) { return !each.passed(); }));
}

/// Text or an attribute of XML. Names of tests hold no control characters.
std::string xml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string junit(const std::vector<Suite>& suites) {
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const Suite& suite : suites) {
    text += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">\n", xml(suite.file),
                        suite.results.size(), count_failed(suite));
    for (const PolicyTestResult& each : suite.results) {
      text += fmt::format("    <testcase classname=\"{}\" name=\"{}\">", xml(suite.file),
                          xml(each.name));
      for (const std::string& fault : each.faults) {
        text += fmt::format("\n      <failure message=\"{}\"/>", xml(fault));
      }
      text += each.passed() ? "</testcase>\n" : "\n    </testcase>\n";
    }
    text += "  </testsuite>\n";
  }
  return text + "</testsuites>\n";
}

Json to_json(const Findings& findings) {
  Json data = report_frame();
  data["errors"] = config_errors_to_json(findings.errors);
  data["policies"] = Json::array();
  for (const Suite& suite : findings.suites) {
    Json tests = Json::array();
    for (const PolicyTestResult& each : suite.results) {
      tests.push_back({{"name", each.name}, {"passed", each.passed()}, {"faults", each.faults}});
    }
    data["policies"].push_back({{"file", suite.file}, {"tests", std::move(tests)}});
  }
  return data;
}

void print(const Findings& findings, Console& console) {
  for (const Suite& suite : findings.suites) {
    console.print(fmt::format("{}: {} of {} tests pass", suite.file,
                              suite.results.size() - count_failed(suite), suite.results.size()));
    for (const PolicyTestResult& each : suite.results) {
      console.print(fmt::format(
          "  {}  {}",
          each.passed() ? console.paint(Tone::good, "pass") : console.paint(Tone::bad, "FAIL"),
          each.name));
      for (const std::string& fault : each.faults) console.print("        " + fault);
    }
  }
  console.errors(findings.errors);
}

}  // namespace

OrExit<int> run(const PolicyTest& command, Session& session) {
  const auto wanted = Pattern::parse(fmt::format("re:(?s:.*)(?:{})(?s:.*)", command.run));
  if (!wanted) return session.fail(kExitUsage, fmt::format("--run: {}", wanted.error()));
  const Findings findings = test_files(command.policies, *wanted);
  if (!command.junit.empty()) {
    std::ofstream file(command.junit, std::ios::binary);
    file << junit(findings.suites);
    file.close();
    if (!file) return session.fail(kExitFailed, command.junit + ": cannot be written");
  }
  if (session.json()) {
    session.console().print_json(to_json(findings));
  } else {
    print(findings, session.console());
  }
  if (!findings.errors.empty()) return kExitConfig;
  const bool passed = std::all_of(findings.suites.begin(), findings.suites.end(),
                                  [](const Suite& suite) { return count_failed(suite) == 0; });
  return passed ? kExitOk : kExitFailed;
}

}  // namespace rollout
