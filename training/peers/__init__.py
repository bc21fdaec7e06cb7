"""The nets we are measured against; none of them is shipped."""
