// Cells and sentences about alerts that take more than one field.
#pragma once

#include <google/protobuf/message.h>

#include <string>

namespace tonghu::forms {

// Of an alert.
std::string AlertKindText(const google::protobuf::Message& alert);  // "谈心逾期", by the kind of duty
std::string Mornings(const google::protobuf::Message& alert);  // "2026-09-10、2026-09-11（请假）"
std::string NoticeText(
    const google::protobuf::Message& alert);  // what the operators are told, and what to do
std::string DeliveryText(const google::protobuf::Message& alert);  // "已送达 3，无人接收 1"
std::string AcknowledgedText(const google::protobuf::Message& alert);
// Of an entry: the person, and whether as a deputy.
std::string PersonText(const google::protobuf::Message& entry);

// What came of a request, in sentences that end with a line break.
std::string AbsenceText(const google::protobuf::Message& request, const google::protobuf::Message& answer);
std::string AttendanceText(const google::protobuf::Message& request, const google::protobuf::Message& answer);
std::string EmergencyText(const google::protobuf::Message& request, const google::protobuf::Message& answer);

}  // namespace tonghu::forms
