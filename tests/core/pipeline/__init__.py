"""Tests of the pipeline's stages, alone and as one decision."""
