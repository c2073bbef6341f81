#include "libs/journal/event_row.h"

namespace tonghu::journal {

absl::Time TimeOf(const tonghu::journal::v1::Event& event) { return ToTime(event.time()); }

absl::Time ToTime(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

void SetTime(absl::Time time, google::protobuf::Timestamp* timestamp) {
  const int64_t micros = absl::ToUnixMicros(time);
  timestamp->set_seconds(micros / 1000000);
  timestamp->set_nanos(static_cast<int32_t>(micros % 1000000) * 1000);
}

tonghu::journal::v1::Event EventOf(const postgres::Result& rows, int row) {
  tonghu::journal::v1::Event event;
  event.set_producer(rows.String(row, 0));
  event.set_shard(static_cast<int32_t>(rows.Int(row, 1)));
  event.set_seq(rows.Int(row, 2));
  event.set_type(rows.String(row, 3));
  event.set_county(rows.String(row, 4));
  event.set_key(rows.String(row, 5));
  SetTime(rows.Time(row, 6), event.mutable_time());
  event.set_payload(rows.String(row, 7));
  return event;
}

}  // namespace tonghu::journal
