"""What the program does, without a screen and without a disk: models, rules, clients, sync and services."""
