// The audit's answers.
#pragma once

#include "absl/status/statusor.h"
#include "libs/postgres/connection.h"
#include "services/access/postgres/audit_store.h"
#include "tonghu/access/v1/audit_service.pb.h"

namespace tonghu::access {

// Refusals: as paging::PageOf, and for a child or parent that is no name of one.
absl::StatusOr<v1::ListAuditEntriesResponse> ListAuditEntries(postgres::Connection& db,
                                                              const v1::ListAuditEntriesRequest& request);
absl::StatusOr<v1::ListSignedHeadsResponse> ListSignedHeads(postgres::Connection& db,
                                                            const v1::ListSignedHeadsRequest& request);

v1::SignedHead MessageOf(const HeadRow& head);

}  // namespace tonghu::access
