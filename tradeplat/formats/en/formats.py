"""Times that operators compare: to the second, the largest part first, in UTC."""

DATETIME_FORMAT = "Y-m-d H:i:s"
