"""The mathematics: arrays in, arrays out, scikit-learn conventions."""
