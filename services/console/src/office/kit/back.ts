// The way back to where one came from.

import { useNavigate } from "react-router";

/** Goes to the page before, with its filters; to `otherwise` for somebody who came by a link. */
export function useBack(otherwise: string): () => void {
  const navigate = useNavigate();
  return () => {
    const { idx } = (window.history.state ?? {}) as { idx?: number };
    if (idx !== undefined && idx > 0) navigate(-1);
    else navigate(otherwise);
  };
}
