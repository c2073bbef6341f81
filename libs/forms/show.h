// A method's answer as text in cells. Pure.
#pragma once

#include <google/protobuf/message.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "libs/forms/form.h"

namespace tonghu::forms {

using Names = std::map<std::string, std::string>;  // display names by resource name

// The cells of a table: the first row is the header.
using Cells = std::vector<std::vector<std::string>>;

// Resource names whose display names the form's tables show. Added to `names`.
void AddNamesIn(const Form& form, const google::protobuf::Message& answer, std::set<std::string>* names);

Cells CellsOf(const Table& table, const google::protobuf::Message& answer, const Names& names);

// The form's summary; empty when it has none.
std::string SummaryOf(const Form& form, const google::protobuf::Message& answer);

// Identity numbers, at any depth, keep their last four characters.
void Mask(google::protobuf::Message* answer);

}  // namespace tonghu::forms
