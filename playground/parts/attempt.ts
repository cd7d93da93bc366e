import { FeatureMapError } from "featuremap";

/** What a computation gives, or the library's sentence about why it cannot be. */
export function attempt<T>(compute: () => T): { value: T; failure?: undefined } | { failure: string } {
  try {
    return { value: compute() };
  } catch (error) {
    if (error instanceof FeatureMapError) return { failure: error.message };
    throw error;
  }
}
