"""Programs that look into one file of evidence for its preview, each in a process of its own.

Run by `evidence.previews` with the file as standard input; see `protocol` for what they answer.
They know neither database nor settings.
"""
