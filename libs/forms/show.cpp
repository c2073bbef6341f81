#include "libs/forms/show.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "libs/forms/texts.h"
#include "libs/forms/typed.h"
#include "libs/forms/words.h"

namespace tonghu::forms {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kShownOfNumber = 4;
constexpr char kLastContactSuffix[] = "/contacts/-";
constexpr char kIdentityNumber[] = "identity_number";

// The text of a message that people read as one value; empty for other messages.
std::string TextOf(const Message& message) {
  const std::string& type = message.GetDescriptor()->full_name();
  if (type == "google.protobuf.Timestamp")
    return TimeText(static_cast<const google::protobuf::Timestamp&>(message));
  if (type == "google.protobuf.Duration")
    return DurationText(static_cast<const google::protobuf::Duration&>(message));
  return "";
}

// The text of one value: the field's, or its `index`-th.
std::string ValueText(const Message& message, const FieldDescriptor& field, int index) {
  const auto* reflection = message.GetReflection();
  const bool many = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return many ? reflection->GetRepeatedString(message, &field, index)
                  : reflection->GetString(message, &field);
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection->GetBool(message, &field) ? "是" : "否";
    case FieldDescriptor::CPPTYPE_INT32:
      return fmt::format("{}", reflection->GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return fmt::format("{}", reflection->GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return Label(*field.enum_type(), many ? reflection->GetRepeatedEnumValue(message, &field, index)
                                            : reflection->GetEnumValue(message, &field));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (!many && !reflection->HasField(message, &field)) return "";
      return TextOf(many ? reflection->GetRepeatedMessage(message, &field, index)
                         : reflection->GetMessage(message, &field));
    default:
      return "";
  }
}

// A field and the message that has it; the field is null for the message itself.
struct Found {
  const Message* message;
  const FieldDescriptor* field;
};

// Follows a path from a row to a field.
Found Follow(const Message& row, const std::string& path) {
  const Message* message = &row;
  const auto along = Along(*row.GetDescriptor(), path);
  for (size_t i = 0; i + 1 < along.size(); ++i)
    // Where no message is set, reflection gives an empty one, so that a path never breaks off.
    message = &message->GetReflection()->GetMessage(*message, along[i]);
  return {message, along.empty() ? nullptr : along.back()};
}

// The value as text; the values of a repeated field are joined.
std::string PlainText(const Found& found) {
  if (!found.field->is_repeated()) return ValueText(*found.message, *found.field, 0);
  std::vector<std::string> texts;
  const int size = found.message->GetReflection()->FieldSize(*found.message, found.field);
  for (int i = 0; i < size; ++i) texts.push_back(ValueText(*found.message, *found.field, i));
  return absl::StrJoin(texts, found.field->enum_type() == nullptr ? " " : "、");
}

// The text at the first of the paths (separated by |) that has one.
std::string FirstText(const Message& row, const std::string& paths) {
  for (const std::string& path : std::vector<std::string>(absl::StrSplit(paths, '|'))) {
    if (std::string text = PlainText(Follow(row, path)); !text.empty()) return text;
  }
  return "";
}

int NumberAt(const Message& row, const std::string& path) {
  const Found found = Follow(row, path);
  return found.message->GetReflection()->GetInt32(*found.message, found.field);
}

std::string Masked(const std::string& text) {
  const size_t hidden = text.size() > kShownOfNumber ? text.size() - kShownOfNumber : 0;
  return std::string(hidden, '*') + text.substr(hidden);
}

// A person on one line: name, relation, phone and workplace, as far as they are known.
std::string RelativeText(const Message& relative) {
  std::string text = FirstText(relative, "display_name");
  for (const char* path : {"relation", "phone", "workplace"}) {
    if (std::string more = FirstText(relative, path); !more.empty()) text += "，" + more;
  }
  return text;
}

// The persons at a path: one, or several for a repeated message.
std::vector<std::string> RelativesAt(const Message& row, const std::string& path) {
  const Found found = Follow(row, path);
  const auto* reflection = found.message->GetReflection();
  if (!found.field->is_repeated()) return {RelativeText(reflection->GetMessage(*found.message, found.field))};
  std::vector<std::string> texts;
  for (int i = 0; i < reflection->FieldSize(*found.message, found.field); ++i)
    texts.push_back(RelativeText(reflection->GetRepeatedMessage(*found.message, found.field, i)));
  return texts;
}

std::string NameIn(const Names& names, const std::string& resource) {
  const auto found = names.find(resource);
  return found == names.end() ? "" : found->second;
}

// The ids of resources, of one or of several apart by blanks.
std::string ShortNames(const std::string& names) {
  std::vector<std::string> ids = absl::StrSplit(names, ' ');
  for (std::string& id : ids) id = ShortName(id);
  return absl::StrJoin(ids, " ");
}

// Fills a pattern: `value` gives the text for each name in braces.
std::string Filled(std::string text, absl::FunctionRef<std::string(const std::string&)> value) {
  for (size_t open = text.find('{'); open != std::string::npos; open = text.find('{', open)) {
    const size_t close = text.find('}', open);
    const std::string filled = value(text.substr(open + 1, close - open - 1));
    text.replace(open, close - open + 1, filled);
    // What was filled in is passed over: braces in a value are no pattern.
    open += filled.size();
  }
  return text;
}

std::string PlainCell(const Message& row, const std::string& path) {
  if (path.find('{') == std::string::npos) return FirstText(row, path);
  return Filled(path, [&row](const std::string& name) { return FirstText(row, name); });
}

// The text of a cell: a column names a function of its own (texts.cpp), or says how its value is shown.
std::string CellOf(const Column& column, const Message& row, size_t number, const Names& names) {
  if (const CellText text = FindCellText(column.text())) return text(row);
  switch (column.show()) {
    case v1::SHOW_ID:
      return ShortNames(FirstText(row, column.path()));
    case v1::SHOW_NAME_OF:
      return NameIn(names, FirstText(row, column.path()));
    case v1::SHOW_LAST_CONTACT:
      return NameIn(names, LastContactOf(FirstText(row, column.path())));
    case v1::SHOW_MASKED:
      return Masked(FirstText(row, column.path()));
    case v1::SHOW_RELATIVE:
      return absl::StrJoin(RelativesAt(row, column.path()), "；");
    case v1::SHOW_COUNT: {
      const Found found = Follow(row, column.path());
      return fmt::format("{} 天", found.message->GetReflection()->FieldSize(*found.message, found.field));
    }
    case v1::SHOW_VERSION: {
      const int version = NumberAt(row, column.path());
      return version == 0 ? "内置" : fmt::format("{}", version);
    }
    case v1::SHOW_STEP:
      // People count steps from 1.
      return fmt::format("{}", NumberAt(row, column.path()) + 1);
    case v1::SHOW_ROW_NUMBER:
      return fmt::format("{}", number);
    case v1::SHOW_OVER_ONE: {
      const std::string text = FirstText(row, column.path());
      return text == "0" || text == "1" ? "" : text;
    }
    default:
      return PlainCell(row, column.path());
  }
}

// The rows of a table.
std::vector<const Message*> RowsOf(const Table& table, const Message& answer) {
  // A table that names no list shows the answer itself.
  if (table.items().empty()) return {&answer};
  const auto* items = answer.GetDescriptor()->FindFieldByName(table.items());
  std::vector<const Message*> rows;
  for (int i = 0; i < answer.GetReflection()->FieldSize(answer, items); ++i)
    rows.push_back(&answer.GetReflection()->GetRepeatedMessage(answer, items, i));
  return rows;
}

// The table of one message: a line for each field that has something.
Cells CardOf(const Table& table, const Message& row, const Names& names) {
  Cells cells = {{"项目", "内容"}};
  for (const Column& column : table.columns()) {
    const auto add = [&](std::string text) {
      if (!text.empty()) cells.push_back({column.header(), std::move(text)});
    };
    // A card has a line for each person; a table has all of them in one cell.
    if (column.show() == v1::SHOW_RELATIVE) {
      for (std::string& text : RelativesAt(row, column.path())) add(std::move(text));
    } else {
      add(CellOf(column, row, 1, names));
    }
  }
  return cells;
}

}  // namespace

std::string LastContactOf(const std::string& child) { return absl::StrCat(child, kLastContactSuffix); }

std::string ChildOfLastContact(const std::string& name) {
  absl::string_view child = name;
  return absl::ConsumeSuffix(&child, kLastContactSuffix) ? std::string(child) : "";
}

void AddNamesIn(const Form& form, const Message& answer, std::set<std::string>* names) {
  for (const Table& table : form.tables()) {
    for (const Message* row : RowsOf(table, answer)) {
      for (const Column& column : table.columns()) {
        if (column.show() != v1::SHOW_NAME_OF && column.show() != v1::SHOW_LAST_CONTACT) continue;
        std::string name = FirstText(*row, column.path());
        if (name.empty()) continue;
        names->insert(column.show() == v1::SHOW_NAME_OF ? std::move(name) : LastContactOf(name));
      }
    }
  }
}

Cells CellsOf(const Table& table, const Message& answer, const Names& names) {
  if (table.card()) return CardOf(table, answer, names);
  Cells cells(1);
  for (const Column& column : table.columns()) cells.front().push_back(column.header());
  size_t number = 0;
  for (const Message* row : RowsOf(table, answer)) {
    ++number;
    std::vector<std::string> line;
    for (const Column& column : table.columns()) line.push_back(CellOf(column, *row, number, names));
    cells.push_back(std::move(line));
  }
  return cells;
}

std::string SummaryOf(const Form& form, const Message& answer) {
  return Filled(form.summary(), [&](const std::string& name) -> std::string {
    // "#" is the number of rows.
    return name == "#" ? fmt::format("{}", RowsOf(form.tables(0), answer).size()) : FirstText(answer, name);
  });
}

void Mask(Message* answer) {
  std::vector<const FieldDescriptor*> set;
  const auto* reflection = answer->GetReflection();
  // ListFields gives only what is set: a message that is not set would be created by MutableMessage.
  reflection->ListFields(*answer, &set);
  for (const FieldDescriptor* field : set) {
    if (field->name() == kIdentityNumber && !field->is_repeated()) {
      reflection->SetString(answer, field, Masked(reflection->GetString(*answer, field)));
    } else if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      continue;
    } else if (field->is_repeated()) {
      for (int i = 0; i < reflection->FieldSize(*answer, field); ++i)
        Mask(reflection->MutableRepeatedMessage(answer, field, i));
    } else {
      Mask(reflection->MutableMessage(answer, field));
    }
  }
}

}  // namespace tonghu::forms
