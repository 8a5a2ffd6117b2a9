// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/service_record.h"

#include <algorithm>

namespace rollout {

std::map<VersionId, ServiceRecord> service_records(const DeploymentHistory& history,
                                                   const Duration& soak, Instant now,
                                                   const Zone& zone) {
  std::map<VersionId, ServiceRecord> records;
  for (const Service& service : services(history)) {
    if (service.percentage <= 0 || service.from > now) continue;
    const Instant end = std::min(service.to.value_or(now), now);
    ServiceRecord& record = records[service.version];
    record.served_until = std::max(record.served_until.value_or(end), end);
    const bool flows = !service.to || *service.to > now;
    if (flows) record.traffic = ServiceRecord::Traffic::flows;
    if (service.percentage < 100) continue;
    if (service.from <= minus(end, soak, zone)) {
      record.stable_until = std::max(record.stable_until.value_or(end), end);
      if (flows) record.stable = ServiceRecord::Traffic::flows;
    } else if (flows) {
      record.stable_at = first_reaching(service.from, soak, now, zone);
    }
  }
  return records;
}

}  // namespace rollout
