#include "services/access/app/audit.h"
#include "services/access/rpc/services.h"
#include "tonghu/access/v1/audit_service.grpc.pb.h"

namespace tonghu::access {

std::unique_ptr<journal::Service> OfferAudit(journal::Node& node) {
  auto audit = node.Offer<v1::AuditService>();
  audit->Answer("ListAuditEntries", ListAuditEntries);
  audit->Answer("ListSignedHeads", ListSignedHeads);
  return audit;
}

}  // namespace tonghu::access
