// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/service_record.h"

#include <algorithm>

namespace rollout {

std::map<VersionId, ServiceRecord> service_records(const DeploymentHistory& history,
                                                   const Duration& soak, Instant now) {
  std::map<VersionId, ServiceRecord> records;
  for (const Service& service : services(history)) {
    if (service.percentage <= 0 || service.from > now) continue;
    const Instant end = std::min(service.to.value_or(now), now);
    ServiceRecord& record = records[service.version];
    record.served_until = std::max(record.served_until.value_or(end), end);
    if (!service.to || *service.to > now) record.traffic = ServiceRecord::Traffic::flows;
    if (service.percentage >= 100 && service.from <= minus(end, soak)) {
      record.stable_until = std::max(record.stable_until.value_or(end), end);
    }
  }
  return records;
}

}  // namespace rollout
