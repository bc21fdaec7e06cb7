"""Pure functions on arrays (numpy and OpenCV, no input or output): what happens to pixels and mattes."""
