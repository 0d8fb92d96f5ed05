"""How static files are named and served: hashed, compressed, and ES modules rewritten to match."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ManifestStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
    # A pass renames one more level of modules that import modules; Django stops after five.
    max_post_process_passes = 20
