#include "deploy/demo/people.h"

#include <fmt/format.h>

#include <iterator>

#include "libs/csv/csv.h"

namespace tonghu::demo {
namespace {

constexpr int kTries = 10'000;

// Surnames that are frequent in Guizhou, the most frequent first.
constexpr std::string_view kSurnames[] = {"王", "杨", "李", "张", "陈", "刘",   "罗", "吴", "周", "黄",
                                          "赵", "冯", "田", "何", "徐", "胡",   "韦", "石", "安", "龙",
                                          "潘", "郑", "唐", "邓", "余", "蒋",   "谢", "郭", "熊", "马",
                                          "任", "宋", "卢", "岑", "骆", "令狐", "申", "袁"};
constexpr std::string_view kBoyFirst[] = {"家", "俊", "子", "浩", "宇", "文", "志",
                                          "明", "天", "泽", "思", "嘉", "承", "永"};
constexpr std::string_view kBoySecond[] = {"豪", "杰", "轩", "然", "航", "辉", "涛", "鑫",
                                           "阳", "龙", "博", "睿", "林", "远", "诚"};
constexpr std::string_view kGirlFirst[] = {"欣", "雨", "思", "梦", "佳", "诗", "雅",
                                           "紫", "婷", "可", "语", "若", "春", "晓"};
constexpr std::string_view kGirlSecond[] = {"怡", "涵", "琪", "瑶", "萱", "妍", "雪", "婷",
                                            "菲", "燕", "梅", "悦", "兰", "琳", "欣"};
constexpr std::string_view kManFirst[] = {"国", "德", "正", "光", "文", "明",
                                          "世", "朝", "永", "先", "兴", "开"};
constexpr std::string_view kManSecond[] = {"华", "贵", "富", "军", "平", "学",
                                           "昌", "强", "福", "云", "成", "才"};
constexpr std::string_view kWomanFirst[] = {"秀", "玉", "桂", "素", "春", "光",
                                            "明", "国", "正", "小", "文", "金"};
constexpr std::string_view kWomanSecond[] = {"英", "珍", "芬", "琴", "兰", "芳",
                                             "碧", "群", "莲", "梅", "香", "敏"};

template <size_t N>
std::string_view Any(People& people, const std::string_view (&from)[N]) {
  return from[people.Below(N)];
}

}  // namespace

std::string_view People::Pick(absl::Span<const Weighted> choices) {
  int total = 0;
  for (const auto& [text, share] : choices) total += share;
  int at = static_cast<int>(Below(total));
  for (const auto& [text, share] : choices) {
    if (at < share) return text;
    at -= share;
  }
  return choices.back().first;
}

std::string_view People::Surname() {
  // The smaller of two draws: the head of the list is the more frequent part.
  const uint64_t one = Below(std::size(kSurnames));
  const uint64_t two = Below(std::size(kSurnames));
  return kSurnames[std::min(one, two)];
}

std::string People::ChildName(std::string_view surname, identity::Sex sex) {
  const bool boy = sex == identity::Sex::kMale;
  const std::string_view first = boy ? Any(*this, kBoyFirst) : Any(*this, kGirlFirst);
  const std::string_view second = boy ? Any(*this, kBoySecond) : Any(*this, kGirlSecond);
  return OneIn(6) ? fmt::format("{}{}", surname, second) : fmt::format("{}{}{}", surname, first, second);
}

std::string People::ElderName(std::string_view surname, identity::Sex sex) {
  const bool man = sex == identity::Sex::kMale;
  const std::string_view first = man ? Any(*this, kManFirst) : Any(*this, kWomanFirst);
  const std::string_view second = man ? Any(*this, kManSecond) : Any(*this, kWomanSecond);
  return fmt::format("{}{}{}", surname, first, second);
}

std::string People::Phone() { return fmt::format("154{:08}", Below(100'000'000)); }

std::string People::ResidentId(std::string_view county, absl::CivilDay birth, identity::Sex sex) {
  const std::string prefix = fmt::format("{}99", county.substr(0, 4));
  for (int i = 0; i < kTries; ++i) {
    // The sequence number is odd for males, even for females (GB 11643).
    const int sequence = static_cast<int>(Below(500)) * 2 + (sex == identity::Sex::kMale ? 1 : 0);
    std::string number = identity::MakeResidentId(prefix, birth, sequence);
    // A number that ends in 000 would look like one that a spreadsheet rounded.
    if (!csv::LooksLikeDamagedNumber(number) && used_ids_.insert(number).second) return number;
  }
  return {};
}

}  // namespace tonghu::demo
