// Texts of cells and sentences that take more than a path, by the names under which forms ask for them.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

namespace tonghu::forms {

// The text of a cell, from its row (Column.text); nullptr when there is no such text.
using CellText = std::string (*)(const google::protobuf::Message& row);
CellText FindCellText(std::string_view name);

// The outcome of a request (Form.text), in sentences that end with a line break; nullptr when there is no
// such text.
using AnswerText = std::string (*)(const google::protobuf::Message& request,
                                   const google::protobuf::Message& answer);
AnswerText FindAnswerText(std::string_view name);

// "谈心逾期": an alert's kind, by the kind of duty.
std::string AlertKindText(const google::protobuf::Message& alert);

}  // namespace tonghu::forms
