// Publishes pairing's events (tonghu.pairing.events.v1) in the given transaction. Each has the child as its
// key, a calendar's the school.
#pragma once

#include <string>

#include "libs/calendar/calendar.h"
#include "libs/journal/shard_transaction.h"
#include "services/pairing/domain/closure.h"
#include "services/pairing/domain/contact.h"
#include "services/pairing/domain/duty.h"
#include "services/pairing/postgres/contact_store.h"
#include "services/pairing/postgres/coverage_store.h"
#include "services/pairing/postgres/doubt_store.h"
#include "services/pairing/postgres/missing_term_store.h"
#include "services/pairing/postgres/pairing_store.h"

namespace tonghu::pairing {

// `closed`: the open duties that the contact closed in their windows, which no other event then says.
void PublishContactLogged(journal::ShardTransaction& transaction, const ContactRow& contact,
                          absl::Span<const Duty* const> closed, const Place& place);
// Publishes that a contact has concerns, without its words.
void PublishConcernRaised(journal::ShardTransaction& transaction, const ContactRow& contact,
                          const Place& place);
// Publishes that a contact was corrected or withdrawn, without its words.
void PublishContactChanged(journal::ShardTransaction& transaction, const ContactRow& contact,
                           const Place& place);
// Publishes what a changed contact makes of a duty: duty_missed, duty_done_late or duty_changed.
void PublishDutyResettled(journal::ShardTransaction& transaction, const std::string& county,
                          const DutyBefore& before, const Duty& after, const Place& place);
// Publishes duty_done_late for a duty that had been missed, else duty_changed.
void PublishDutyClosed(journal::ShardTransaction& transaction, const std::string& county,
                       const DutyBefore& before, const Duty& after, const Place& place);
void PublishDutyChanged(journal::ShardTransaction& transaction, const std::string& county,
                        const DutyBefore& before, const Duty& after, const Place& place);
// `before`: as the duty stood before a contact changed; nullptr: the duty was judged.
void PublishDutyMissed(journal::ShardTransaction& transaction, const std::string& county, const Duty& duty,
                       const Place& place, const DutyBefore* before = nullptr);
// `was_missed`: the duty was missed until now, so that its alert is to be settled.
void PublishDutyExcused(journal::ShardTransaction& transaction, const std::string& county, const Duty& duty,
                        const Place& place, bool was_missed);
// `calendar` is that of the one term; nullptr: it was taken away. `closures`: those of the school.
void PublishCalendarPut(journal::ShardTransaction& transaction, const std::string& county,
                        const std::string& school_id, const std::string& term,
                        const calendar::SchoolCalendar* calendar, absl::Span<const Closure> closures);

// `pairing` has the child's place; one that is handed over, the former helper too.
void PublishPairingStarted(journal::ShardTransaction& transaction, const PairingRow& pairing);
void PublishPairingHandedOver(journal::ShardTransaction& transaction, const PairingRow& pairing);
void PublishPairingEnded(journal::ShardTransaction& transaction, const PairingRow& pairing);

// Publishes that a contact is doubtful, as `now` says, without its words; or that it is not any more.
// `before`: as the doubt was published before; one that did not stand says of no duties.
void PublishContactDoubted(journal::ShardTransaction& transaction, const DoubtRow& before,
                           const DoubtRow& now);
void PublishContactDoubtEnded(journal::ShardTransaction& transaction, const DoubtRow& before, bool dismissed);

// Publishes the gaps of `looked` that last too long.
void PublishChildUncovered(journal::ShardTransaction& transaction, const CoveredChild& child,
                           const Looked& looked);
void PublishChildCovered(journal::ShardTransaction& transaction, const CoveredChild& child);

// term_missing: a school has no term on `first_day`.
void PublishTermMissing(journal::ShardTransaction& transaction, const SchoolTerms& school,
                        absl::CivilDay first_day);
// term_known: a school of which that was said lacks none any more.
void PublishTermKnown(journal::ShardTransaction& transaction, const SchoolTerms& school);

}  // namespace tonghu::pairing
