// An event as a row: producer, shard, seq, type, county, key, time, payload.
#pragma once

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "libs/postgres/connection.h"
#include "tonghu/journal/v1/event.pb.h"

namespace tonghu::journal {

// Reads the columns above, in that order from column 0.
tonghu::journal::v1::Event EventOf(const postgres::Result& rows, int row);

absl::Time TimeOf(const tonghu::journal::v1::Event& event);
absl::Time ToTime(const google::protobuf::Timestamp& timestamp);
void SetTime(absl::Time time, google::protobuf::Timestamp* timestamp);

}  // namespace tonghu::journal
