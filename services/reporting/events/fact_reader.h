// Reads other services' events as facts that count.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "libs/journal/event_handler.h"
#include "services/reporting/domain/fact.h"
#include "tonghu/alerts/events/v1/alerts_events.pb.h"
#include "tonghu/pairing/events/v1/pairing_events.pb.h"

namespace tonghu::reporting {

// Reads events one after the other into the same messages, which saves allocating them. Not thread-safe.
class FactReader {
 public:
  // The fact in `event`, or none when the event changes no figure. Views in it hold until the next Read, and
  // as long as `event` lives. Errors: INVALID_ARGUMENT when the payload is not what the event's type names.
  absl::StatusOr<std::optional<Fact>> Read(const journal::Event& event);

 private:
  using Found = absl::StatusOr<std::optional<Fact>>;
  Found ReadPairing(const journal::Event& event);
  Found ReadContact(const journal::Event& event);
  Found ReadContactChange(const journal::Event& event);
  Found ReadDoubted(const journal::Event& event);
  Found ReadDoubtEnded(const journal::Event& event);
  Found ReadMissed(const journal::Event& event);
  Found ReadExcused(const journal::Event& event);
  Found ReadDoneLate(const journal::Event& event);
  Found ReadRestated(const journal::Event& event);
  template <class Message>
  Found ReadPairingChange(Message& message, PairingChanged::How how, const journal::Event& event);
  Found ReadAlerts(const journal::Event& event);
  template <class Message>
  Found ReadAlert(Message& message, AlertChanged::How how, const journal::Event& event);

  tonghu::pairing::events::v1::ContactLogged contact_;
  tonghu::pairing::events::v1::ContactChanged contact_changed_;
  tonghu::pairing::events::v1::ContactDoubted doubted_;
  tonghu::pairing::events::v1::ContactDoubtEnded doubt_ended_;
  tonghu::pairing::events::v1::DutyMissed missed_;
  tonghu::pairing::events::v1::DutyExcused excused_;
  tonghu::pairing::events::v1::DutyDoneLate done_late_;
  tonghu::pairing::events::v1::DutyChanged changed_;
  tonghu::pairing::events::v1::PairingStarted started_;
  tonghu::pairing::events::v1::PairingEnded ended_;
  tonghu::alerts::events::v1::AlertRaised raised_;
  tonghu::alerts::events::v1::AlertAcknowledged acknowledged_;
  tonghu::alerts::events::v1::AlertResolved resolved_;
};

}  // namespace tonghu::reporting
