"""Photos: reading every kind of file, folders of class folders, the default photos, duplicates.

>>> read("IMG_0001.JPG")                    # doctest: +SKIP
>>> load_folder("my_photos").class_names    # doctest: +SKIP
('cats', 'dogs')

The files are only ever read.
"""

from course_utils.photos.duplicates import near_duplicates
from course_utils.photos.photo_set import PhotoSet, default, load_folder, photo_files, refuse
from course_utils.photos.reading import BadPhoto, decode, read, resized

__all__ = [
    "BadPhoto",
    "PhotoSet",
    "decode",
    "default",
    "load_folder",
    "near_duplicates",
    "photo_files",
    "read",
    "refuse",
    "resized",
]
