// What pairing says on the journal: domain facts as events (tonghu.pairing.events.v1).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libs/calendar/calendar.h"
#include "libs/journal/shard_transaction.h"
#include "services/pairing/domain/contact.h"
#include "services/pairing/domain/duty.h"
#include "services/pairing/postgres/contact_store.h"

namespace tonghu::pairing {

// contact_logged, and duty_done_late when it closed a duty already judged missed.
void SayContactLogged(journal::ShardTransaction& transaction, const ContactRow& contact,
                      const std::optional<Closing>& closing, const Duty* closed, const Place& place);
void SayDutyMissed(journal::ShardTransaction& transaction, const std::string& county, const Duty& duty,
                   const Place& place);
void SayDutyExcused(journal::ShardTransaction& transaction, const std::string& county, const Duty& duty,
                    const Place& place);
void SayCalendarPut(journal::ShardTransaction& transaction, const std::string& county,
                    const std::string& school_id, const calendar::SchoolCalendar& calendar);

struct PairingFact {
  std::string county, pairing_id, child_id, helper_id, former_helper_id;
  int role = 0;
  Place place;
};
void SayPairingStarted(journal::ShardTransaction& transaction, const PairingFact& fact);
void SayPairingHandedOver(journal::ShardTransaction& transaction, const PairingFact& fact);
void SayPairingEnded(journal::ShardTransaction& transaction, const PairingFact& fact);

}  // namespace tonghu::pairing
