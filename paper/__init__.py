"""A stand-alone paper exchange: the part of Binance Spot that trading software uses."""
