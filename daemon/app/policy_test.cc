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
  std::vector<std::string> broken;  ///< Those files.
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
    if (findings.errors.size() == before) {
      findings.suites.push_back(std::move(suite));
    } else {
      findings.broken.push_back(file);
    }
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

/// A file that is no policy must not look like one without tests.
std::string broken_suite(const std::string& file, const std::vector<ConfigError>& errors) {
  std::string text = fmt::format(
      "  <testsuite name=\"{0}\" tests=\"1\" failures=\"0\" errors=\"1\">\n"
      "    <testcase classname=\"{0}\" name=\"is a policy\">\n",
      xml(file));
  std::string all;
  for (const ConfigError& error : errors) {
    if (error.file != file) continue;
    all += fmt::format("{}{}:{}: {}", all.empty() ? "" : "; ", error.line, error.column,
                       error.message);
  }
  return text + fmt::format("      <error message=\"{}\"/>\n", xml(all)) +
         "    </testcase>\n  </testsuite>\n";
}

std::string junit(const Findings& findings) {
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const std::string& file : findings.broken) text += broken_suite(file, findings.errors);
  for (const Suite& suite : findings.suites) {
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

/// Names that hold this expression; all, where it is empty.
std::expected<Pattern, std::string> names_with(const std::string& expression) {
  // By itself first, so that an error names what was written.
  if (!expression.empty()) TRY(Pattern::parse("re:" + expression));
  return Pattern::parse(fmt::format("re:(?s:.*)(?:{})(?s:.*)", expression));
}

}  // namespace

OrExit<int> run(const PolicyTest& command, Session& session) {
  const auto wanted = names_with(command.run);
  if (!wanted) return session.fail(kExitUsage, fmt::format("--run: {}", wanted.error()));
  const Findings findings = test_files(command.policies, *wanted);
  if (!command.junit.empty()) {
    std::ofstream file(command.junit, std::ios::binary);
    file << junit(findings);
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
