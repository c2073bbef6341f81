export { ChildPage } from "./child_page.tsx";
export { ChildrenPage } from "./children_page.tsx";
