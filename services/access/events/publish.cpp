#include "services/access/events/publish.h"

#include "absl/strings/escaping.h"
#include "libs/principal/principal.h"
#include "services/access/secrets/random.h"
#include "tonghu/access/events/v1/access_events.pb.h"

namespace tonghu::access {

namespace said = tonghu::access::events::v1;

void PublishAccountPut(journal::ShardTransaction& transaction, const Account& account,
                       std::string_view change) {
  said::AccountPut event;
  event.set_login(account.login);
  event.set_change(std::string(change));
  const FederatedSubject& federated = account.federated;
  if (change == "bound" || change == "unbound" || change == "signed_in_federated") {
    event.set_issuer(federated.issuer);
    event.set_subject_hash(absl::BytesToHexString(Sha256(federated.subject)));
  }
  transaction.Append("account_put", account.county, account.id, event.SerializeAsString());
}

void PublishGrantPut(journal::ShardTransaction& transaction, const GrantRow& grant) {
  said::GrantPut event;
  event.set_grant_id(grant.grant_id);
  event.set_right(principal::ToMessage(grant.right()).SerializeAsString());
  event.set_end_micros(absl::ToUnixMicros(grant.end_time));
  event.set_reason(grant.reason);
  transaction.Append("grant_put", grant.county, grant.account_id, event.SerializeAsString());
}

void PublishGlassBroken(journal::ShardTransaction& transaction, const BreakingRow& breaking) {
  said::GlassBroken event;
  event.set_breaking_id(breaking.breaking_id);
  event.set_reason(breaking.reason);
  event.set_end_micros(absl::ToUnixMicros(breaking.end_time));
  transaction.Append("glass_broken", breaking.county, breaking.child_id, event.SerializeAsString());
}

}  // namespace tonghu::access
