import type { ThemeConfig } from "antd";

// antd's own blue and its greys fall short of WCAG AA on white; these pass.
export const theme: ThemeConfig = {
  token: {
    colorPrimary: "#0958d9",
    colorLink: "#0958d9",
    colorError: "#cf1322",
    colorTextSecondary: "#4a5568",
    colorTextTertiary: "#5c6675",
    colorTextDescription: "#5c6675",
    colorTextPlaceholder: "#667085",
    colorTextDisabled: "#667085",
    // Old PCs show half-drawn colours while a button changes, which nobody can read.
    motion: false,
    borderRadius: 4,
    fontSize: 14,
    fontFamily:
      '-apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", sans-serif',
  },
  components: {
    Menu: { itemHeight: 36 },
    Timeline: { itemPaddingBottom: 10 },
    Table: { cellPaddingBlock: 10, cellPaddingInline: 12, headerBg: "#f3f6fb" },
  },
};
