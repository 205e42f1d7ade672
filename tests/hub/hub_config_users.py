"""The students of the hub test: users that no /etc/passwd knows."""

UIDS = {"alice": 20001, "bob": 20002, "chen": 20003}
