"""Tests of what kernels send for rich front ends, as lines."""
