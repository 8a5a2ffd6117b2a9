// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/retention_tests.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "daemon/core/model/trailer.h"
#include "daemon/core/policy/reason_text.h"
#include "daemon/core/policy/retention.h"

namespace rollout {
namespace {

VersionId id_of(std::uint64_t number) {
  return VersionId::parse(fmt::format("00000000-0000-4000-8000-{:012x}", number)).value();
}

std::vector<Version> versions_of(const RetentionTest& test) {
  std::vector<Version> versions;
  const BundleDigest any{Sha256(Sha256::Raw{})};
  for (const TestVersion& each : test.versions) {
    Version version{id_of(each.number), each.number, each.created_on, {}, {}, {}, {}};
    version.annotations.tag = each.tag;
    if (!each.foreign) {
      version.annotations.message = with_trailer("", {any, PolicyName("test")});
    }
    versions.push_back(std::move(version));
  }
  return versions;
}

/// Those that are live at one moment share the traffic.
Deployment deployment_at(Instant moment, const RetentionTest& test) {
  Deployment deployment;
  deployment.created_on = moment;
  for (const TestVersion& version : test.versions) {
    const bool live = std::any_of(version.live.begin(), version.live.end(), [&](const Live& each) {
      return each.from <= moment && (!each.to || *each.to > moment);
    });
    if (live) deployment.versions.push_back({id_of(version.number), 0});
  }
  for (Share& share : deployment.versions) {
    share.percentage = 100.0 / static_cast<double>(deployment.versions.size());
  }
  return deployment;
}

DeploymentHistory deployments_of(const RetentionTest& test) {
  std::set<Instant, std::greater<>> changes;
  for (const TestVersion& version : test.versions) {
    for (const Live& live : version.live) {
      changes.insert(live.from);
      if (live.to) changes.insert(*live.to);
    }
  }
  DeploymentHistory history;
  for (const Instant change : changes) {
    if (change <= test.now) history.deployments.push_back(deployment_at(change, test));
  }
  return history;
}

/// The verdict on one version, as a fault of a test tells it.
std::string why(const Verdict& verdict) {
  std::string text;
  for (const Reason& reason : verdict.reasons) {
    text += (text.empty() ? "" : ", ") + reason_text(reason);
  }
  return text;
}

PolicyTestResult run(const RetentionTest& test, const RetentionPolicy& policy) {
  const std::vector<Version> versions = versions_of(test);
  const DeploymentHistory deployments = deployments_of(test);
  History history;
  history.versions = versions;
  history.deployments = &deployments;
  for (const TestVersion& version : test.versions) {
    if (version.pinned) history.pinned.insert(id_of(version.number));
  }
  PolicyTestResult result{test.name, {}};
  for (const Verdict& verdict : judge(policy, history, test.now)) {
    const auto in = [&](const std::vector<std::uint64_t>& numbers) {
      return std::find(numbers.begin(), numbers.end(), verdict.number) != numbers.end();
    };
    if (in(test.keep) && !verdict.kept()) {
      result.faults.push_back(fmt::format("version {} is deleted, not kept: nothing keeps it{}",
                                          verdict.number,
                                          verdict.group.empty() ? "" : " in " + verdict.group));
    }
    if (in(test.remove) && verdict.kept()) {
      result.faults.push_back(
          fmt::format("version {} is kept, not deleted: {}", verdict.number, why(verdict)));
    }
  }
  return result;
}

}  // namespace

std::vector<PolicyTestResult> run_tests(const RetentionPolicy& policy) {
  std::vector<PolicyTestResult> results;
  for (const RetentionTest& test : policy.tests) results.push_back(run(test, policy));
  return results;
}

}  // namespace rollout
